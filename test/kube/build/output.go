package build

import (
	"bytes"
	"strings"
	"sync"
)

// tailLines is how many lines of the compiler's output an error carries.
const tailLines = 30

// compilerOutput takes what "go build -v" writes and keeps what is worth
// telling: how many packages and modules it went through, and the messages.
type compilerOutput struct {
	main string // the main package, which is compiled last

	mu       sync.Mutex
	partial  []byte // the start of a line whose end has not come yet
	packages int
	modules  int
	linking  bool
	messages []string
}

// Write takes more output; it never fails.
func (o *compilerOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.partial = append(o.partial, p...)
	for {
		line, rest, found := bytes.Cut(o.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		o.take(string(line))
		o.partial = rest
	}
}

// take counts one line. A line of -v is an import path and nothing else;
// everything with a space in it is a message.
func (o *compilerOutput) take(line string) {
	switch {
	case strings.HasPrefix(line, "go: downloading "):
		o.modules++
	case line == o.main:
		o.packages++
		o.linking = true
	case line != "" && !strings.ContainsAny(line, " \t"):
		o.packages++
	default:
		o.messages = append(o.messages, line)
		if len(o.messages) > tailLines {
			o.messages = o.messages[1:]
		}
	}
}

// progress returns how far the build is.
func (o *compilerOutput) progress() progress {
	o.mu.Lock()
	defer o.mu.Unlock()
	return progress{packages: o.packages, modules: o.modules, linking: o.linking}
}

// tail returns the last messages of the compiler.
func (o *compilerOutput) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := o.messages
	if len(o.partial) > 0 {
		lines = append(lines[:len(lines):len(lines)], string(o.partial))
	}
	return strings.Join(lines, "\n")
}
