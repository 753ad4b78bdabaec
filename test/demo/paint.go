package main

import (
	"os"
	"strings"

	"golang.org/x/term"
)

// paint colours text for a terminal, and leaves it alone elsewhere and where
// NO_COLOR asks for that (no-color.org).
type paint bool

func newPaint(f *os.File) paint {
	return paint(os.Getenv("NO_COLOR") == "" && term.IsTerminal(int(f.Fd())))
}

func (p paint) with(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bold(text string) string { return p.with("1", text) }

// diff colours added lines green, removed ones red.
func (p paint) diff(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "+"):
			lines[i] = p.with("32", l)
		case strings.HasPrefix(l, "-"):
			lines[i] = p.with("31", l)
		case strings.HasPrefix(l, "@@"):
			lines[i] = p.with("36", l)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// warnings colours kubectl's warning lines yellow, as kubectl does on a terminal.
func (p paint) warnings(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "Warning: ") {
			lines[i] = p.with("33;1", "Warning:") + l[len("Warning:"):]
		}
	}
	return strings.Join(lines, "")
}
