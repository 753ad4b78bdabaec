package cli

import (
	"encoding/json"
	"time"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/patch"
)

// restartedAt is the annotation of the Pod template by which kubectl restarts a Deployment
// (kubectl pkg/polymorphichelpers/objectrestarter.go).
const restartedAt = "kubectl.kubernetes.io/restartedAt"

// write is the patch for the cluster. Where admission may see the write it has to be a restart
// too: a write that drops what Rollguard added and leaves the author's template as it is must
// not start a rollout, so admission would undo it (policy.FieldsDropped).
func (r *removal) write(now time.Time) ([]patch.Operation, error) {
	if !r.rolls() || !r.seenByAdmission() {
		return r.Patch, nil
	}
	doc, err := fastjson.ParseBytes(r.Deployment.JSON)
	if err != nil {
		return nil, err
	}
	if err := patch.Apply(doc, r.Patch); err != nil {
		return nil, err
	}
	value, err := json.Marshal(now.Format(time.RFC3339))
	if err != nil {
		return nil, err
	}
	restart, err := patch.Build(doc, []patch.Want{{
		Keys: []string{"spec", "template", "metadata", "annotations", restartedAt}, Value: value,
	}})
	if err != nil {
		return nil, err
	}
	return append(r.Patch[:len(r.Patch):len(r.Patch)], restart...), nil
}

// seenByAdmission tells whether the webhook is called for the write, or may be: an opted-out
// Deployment with a record is shown to it.
func (r *removal) seenByAdmission() bool {
	standing := r.Deployment.Standing
	return standing == manifest.OptedOut || standing == manifest.NamespaceNotKnown
}
