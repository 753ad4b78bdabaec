package decision

import (
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// write builds the patch and proves it: it applies to the raw object, and validation
// takes what comes out if it would have taken what went in.
func (mem *memory) write(objects *Parsed, before *workload.Deployment, d *Decision) error {
	places, err := d.Places(before)
	if err != nil {
		return &Error{Stage: StageBuild, Err: err}
	}
	if len(places) == 0 {
		return nil
	}
	wants := make([]patch.Want, len(places))
	for i, p := range places {
		wants[i] = patch.Want(p)
	}
	ops, err := mem.built.Build(objects.New, wants)
	if err != nil {
		return &Error{Stage: StageBuild, Err: err}
	}
	if len(ops) == 0 {
		return nil
	}
	var size sizes
	if err := mem.prove(objects, before, ops, &size); err != nil {
		return err
	}
	if d.Patch = ops; size.tooLarge() {
		d.withhold(&size)
	}
	return nil
}

func (mem *memory) prove(objects *Parsed, before *workload.Deployment, ops []patch.Operation, size *sizes) error {
	fresh, err := objects.Fresh()
	if err != nil {
		return &Error{Stage: StageProve, Err: err}
	}
	size.measure(&size.before, fresh, objects.Bytes)
	size.measure(&size.old, objects.Old, objects.Bytes)
	if err := mem.applied.Apply(fresh, ops); err != nil {
		return &Error{Stage: StageProve, Err: err}
	}
	size.measure(&size.after, fresh, objects.Bytes)
	after, err := workload.FromValue(fresh)
	if err != nil {
		return &Error{Stage: StageVerify, Err: err}
	}
	if err := policy.Verify(before, after); err != nil {
		return &Error{Stage: StageVerify, Err: err}
	}
	return nil
}
