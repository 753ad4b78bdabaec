// Package textwidth fits text into the columns of a terminal. It knows no terminal.
package textwidth

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks a text between words so that no line is wider than width, where that can be
// done; 0 is any width. Lines after the first are indented. The text ends with a line break.
func Wrap(text string, width int, indent string) string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return text + "\n"
	}
	first := split(text, width)
	out := first[0] + "\n"
	rest := strings.TrimPrefix(text, first[0])
	for _, part := range split(strings.TrimSpace(rest), width-utf8.RuneCountInString(indent)) {
		out += indent + part + "\n"
	}
	return out
}

// split breaks a text at spaces. A word that is wider than the width stays whole.
func split(text string, width int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			out = append(out, line)
			line = word
		}
	}
	return append(out, line)
}
