package api

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
