package sequence

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
)

// revision is what kubectl rollout undo brings back.
type revision struct {
	copies
	manifest object
	disowned bool
}

// undo is what kubectl rollout undo sends (kubectl pkg/polymorphichelpers/rollback.go):
// the template and the annotations of a revision, but for last-applied.
func undo(now, to *appsv1.Deployment) Write {
	annotations := map[string]string{}
	for key, v := range to.Annotations {
		if key != lastApplied {
			annotations[key] = v
		}
	}
	if v, ok := now.Annotations[lastApplied]; ok {
		annotations[lastApplied] = v
	}
	return Write{Type: "application/json-patch+json", Manager: "kubectl-rollout", Body: encode([]object{
		{"op": "replace", "path": "/spec/template", "value": to.Spec.Template},
		{"op": "add", "path": "/metadata/annotations", "value": annotations},
	})}
}

// remember keeps the revisions as the Deployment controller would: the current one
// follows the Deployment.
func (r *run) remember(s Step, before copies, next object) {
	r.manifest = next
	r.stats.Writes++
	switch {
	case s.Tampers, s.Undo > 0 && !r.seen:
		r.disowned = true
	case s.Undo > 0:
		r.disowned = r.disowned || r.revisions[len(r.revisions)-1-s.Undo].disowned
	case s.Manner == PutBare:
		r.disowned = false // nothing of ours was in it
	}
	switch {
	case s.Undo > 0 && r.guarded.Annotations[lastApplied] != "":
		r.claimed = true
	case s.Manner == PutBare, s.Manner == ClientSideApply:
		r.claimed = false
	}
	now := revision{copies: r.copies, manifest: next, disowned: r.disowned}
	if before.shadow != nil && sameTemplate(before.shadow, r.shadow) && sameTemplate(before.guarded, r.guarded) {
		r.revisions[len(r.revisions)-1] = now
		return
	}
	r.stats.Rollouts++
	r.revisions = append(slices.Clip(r.revisions), now)
}
