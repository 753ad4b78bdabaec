package textwidth

import (
	"strings"
	"unicode/utf8"
)

// Shorten cuts a sentence to so many columns, where a part of it ends if one does late enough,
// else behind a word. Dots say that there is more.
func Shorten(s string, columns int) string {
	if utf8.RuneCountInString(s) <= columns {
		return s
	}
	const dots = "..."
	head := string([]rune(s)[:max(columns-len(dots), 0)+1])
	end := strings.LastIndexAny(head, ",;:(")
	if end < len(head)/2 {
		end = strings.LastIndexByte(head, ' ')
	}
	if end < 0 {
		end = len(string([]rune(head)[:max(columns-len(dots), 0)]))
	}
	return strings.TrimRight(head[:end], " ,;:(") + dots
}
