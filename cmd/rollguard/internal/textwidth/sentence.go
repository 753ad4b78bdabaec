package textwidth

import "strings"

// FullStop ends a sentence, unless it ends with a question already.
func FullStop(s string) string {
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
