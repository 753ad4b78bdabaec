package verdict

import (
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// lastApplied is where kubectl apply keeps the author's manifest.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// asApplied is the object as kubectl apply sends it: with the manifest as its own
// evidence of what the author wrote. Without that, a value in a file that happens to
// equal the API default would count as nobody's. An object that was read from a
// cluster brings its own evidence, and is left alone.
func asApplied(manifest []byte) ([]byte, error) {
	var parser fastjson.Parser
	v, err := parser.ParseBytes(manifest)
	if err != nil {
		return nil, err
	}
	if v.Exists("metadata", "managedFields") || v.Exists("metadata", "annotations", lastApplied) {
		return manifest, nil
	}
	metadata := v.GetObject("metadata")
	annotations := metadata.Get("annotations")
	if annotations == nil || annotations.Type() == fastjson.TypeNull {
		annotations = new(fastjson.Arena).NewObject()
		metadata.Set("annotations", annotations)
	}
	if annotations.Type() != fastjson.TypeObject {
		return manifest, nil // the decision says what is wrong with it
	}
	annotations.Set(lastApplied, new(fastjson.Arena).NewString(string(manifest)))
	return v.MarshalTo(nil), nil
}

// patchFor writes the decision as a patch for the manifest itself, and proves it
// there: the decision's own patch is for the object as it was applied.
func patchFor(manifest []byte, d *decision.Decision) ([]patch.Operation, error) {
	var reader, drafts, proofs workload.Reader
	before, err := reader.Read(manifest)
	if err != nil {
		return nil, err
	}
	places, err := d.Places(before)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	wants := make([]patch.Want, len(places))
	for i, p := range places {
		wants[i] = patch.Want(p)
	}
	draft, err := drafts.Read(manifest)
	if err != nil {
		return nil, err
	}
	ops, err := patch.Build(draft.Raw(), wants)
	if err != nil {
		return nil, err
	}
	proof, err := proofs.Read(manifest)
	if err != nil {
		return nil, err
	}
	if err := patch.Apply(proof.Raw(), ops); err != nil {
		return nil, err
	}
	after, err := workload.FromValue(proof.Raw())
	if err != nil {
		return nil, err
	}
	return ops, policy.Verify(before, after)
}
