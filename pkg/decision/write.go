package decision

import (
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// write builds the patch and proves it: it applies to the raw object, and validation
// takes what comes out if it would have taken what went in.
func (mem *memory) write(objects *Parsed, before *workload.Deployment, result *policy.Result) ([]patch.Operation, error) {
	places, err := result.Places(before)
	if err != nil {
		return nil, &Error{Stage: StageBuild, Err: err}
	}
	if len(places) == 0 {
		return nil, nil
	}
	wants := make([]patch.Want, len(places))
	for i, p := range places {
		wants[i] = patch.Want(p)
	}
	ops, err := mem.built.Build(objects.New, wants)
	if err != nil {
		return nil, &Error{Stage: StageBuild, Err: err}
	}
	if len(ops) == 0 {
		return nil, nil
	}
	if err := mem.prove(objects, before, ops); err != nil {
		return nil, err
	}
	return ops, nil
}

func (mem *memory) prove(objects *Parsed, before *workload.Deployment, ops []patch.Operation) error {
	fresh, err := objects.Fresh(&mem.proof)
	if err != nil {
		return &Error{Stage: StageProve, Err: err}
	}
	if err := mem.applied.Apply(fresh, ops); err != nil {
		return &Error{Stage: StageProve, Err: err}
	}
	after, err := workload.FromValue(fresh)
	if err != nil {
		return &Error{Stage: StageVerify, Err: err}
	}
	if err := policy.Verify(before, after); err != nil {
		return &Error{Stage: StageVerify, Err: err}
	}
	return nil
}
