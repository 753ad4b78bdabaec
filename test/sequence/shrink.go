package sequence

import "slices"

// Shrink leaves out steps for as long as the sequence still fails: first all after the
// one that failed, then any that is not needed.
func Shrink(f *FailureError, again func(Sequence) *FailureError) *FailureError {
	for shorter := true; shorter; {
		shorter = false
		for i := f.Step - 1; i > 0; i-- { // the first step creates the Deployment
			s := f.Sequence
			s.Steps = slices.Delete(slices.Clone(s.Steps[:f.Step+1]), i, i+1)
			if next := again(s); next != nil {
				f, shorter = next, true
				i = min(i, f.Step)
			}
		}
	}
	return f
}
