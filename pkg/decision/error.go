package decision

import "fmt"

// Stage names the step that failed, for metrics.
type Stage string

// The stages.
const (
	StageRead   Stage = "read"
	StageBuild  Stage = "build"
	StageProve  Stage = "prove"
	StageVerify Stage = "verify"
)

// Error is a failure of our own: the object could not be read, or the patch is not
// fit to be sent. The write must then go through as it is.
type Error struct {
	Stage Stage
	Err   error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Stage, e.Err) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }
