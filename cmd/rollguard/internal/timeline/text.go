package timeline

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
)

// DefaultWidth is how wide a drawing is where nothing else is known.
const DefaultWidth = 80

// The parts of a line: two of indent, the seconds, the words.
const (
	secondsWidth = 6
	wordsWidth   = 27
	leastBar     = 12
)

// Text draws the timeline in ASCII, each line at most width wide where that can be done.
// Without room for bars only the figures are given.
func (t *Timeline) Text(width int) string {
	if width <= 0 {
		width = DefaultWidth
	}
	bar := width - 4 - secondsWidth - wordsWidth - 3
	var b strings.Builder
	for i, lane := range [][]Event{t.NewPod, t.OldPod} {
		for _, e := range lane {
			line := fmt.Sprintf("    %*s  %-*s", secondsWidth-2, fmt.Sprintf("%ds", e.At), wordsWidth, e.What)
			if bar >= leastBar {
				line += " " + t.bar(lane, e, bar)
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
		r := &t.Races[i]
		word := "OPEN"
		switch {
		case r.Closed:
			word = fmt.Sprintf("closed, %d s to spare", r.Spare)
		case r.Unknown:
			word = "not known"
		}
		b.WriteString("    " + textwidth.Wrap(fmt.Sprintf("race %s: %s: %s", r.Name, word, r.Why), width-4, "      "))
	}
	if t.Summary != "" {
		b.WriteString("    " + textwidth.Wrap(t.Summary, width-4, "      "))
	}
	return b.String()
}

// end is the last second that is drawn.
func (t *Timeline) end() int {
	last := 1
	for _, lane := range [][]Event{t.NewPod, t.OldPod} {
		last = max(last, lane[len(lane)-1].At)
	}
	return last
}

// bar marks an event on the time axis, with a line from the first of its lane to it.
func (t *Timeline) bar(lane []Event, e Event, width int) string {
	at := func(second int) int { return second * (width - 1) / t.end() }
	from, to := at(lane[0].At), at(e.At)
	return strings.Repeat(" ", from) + strings.Repeat("-", to-from) + "|"
}
