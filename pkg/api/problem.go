package api

import (
	"strconv"
	"unicode/utf8"
)

// ProblemKind says what is wrong with an annotation.
type ProblemKind string

// The kinds of problem.
const (
	UnknownKey   ProblemKind = "unknown-key"
	WrongObject  ProblemKind = "wrong-object"
	BadValue     ProblemKind = "bad-value"
	OutOfBounds  ProblemKind = "out-of-bounds"
	NotPermitted ProblemKind = "not-permitted"
)

// Problem is an annotation that could not be followed. It never stops anything: the
// next source in line is used, as the message says.
type Problem struct {
	Kind ProblemKind
	// Layer is the object that carries the annotation.
	Layer Layer
	Key   string
	Value string
	// Message is one sentence for people, without a full stop.
	Message string
}

// How many runes of a value, and of an item in one, a message shows at most. A warning
// has 255, and the reason and the suggestion stand behind the value.
const (
	maxQuoted     = 36
	maxQuotedItem = 20
)

// quoted is a value for a message, in quotation marks and shortened with an ellipsis.
func quoted(value string, most int) string {
	full := strconv.Quote(value)
	if utf8.RuneCountInString(full) <= most {
		return full
	}
	shown := ""
	for _, r := range value {
		next := strconv.Quote(string(r))
		next = shown + next[1:len(next)-1]
		if utf8.RuneCountInString(next) > most-len(`""`)-1 {
			break
		}
		shown = next
	}
	return `"` + shown + `…"`
}
