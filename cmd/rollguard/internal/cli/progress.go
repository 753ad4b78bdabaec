package cli

import (
	"fmt"
	"io"
	"time"
)

// progress tells people who look at a terminal what is being done, once it takes longer
// than a moment. It is gone when the answer comes.
type progress struct {
	out   io.Writer // nil where nobody looks
	since time.Time
	shown bool
}

const moment = time.Second

func newProgress(out io.Writer) *progress {
	p := &progress{since: time.Now()}
	if isTerminal(out) {
		p.out = out
	}
	return p
}

// clearLine goes to the start of the line and clears it (ECMA-48, EL).
const clearLine = "\r\x1b[K"

func (p *progress) say(text string) {
	if p.out == nil || time.Since(p.since) < moment {
		return
	}
	if width := columns(p.out); width > 0 && len(text) >= width {
		text = text[:width-1]
	}
	p.shown = true
	_, _ = fmt.Fprint(p.out, clearLine+text)
}

func (p *progress) end() {
	if p.shown {
		_, _ = fmt.Fprint(p.out, clearLine)
	}
}
