package sequence

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/rollguard/rollguard/pkg/api"
)

// try is the promise that Rollguard breaks no write: what is valid for the shadow is
// stored. Without a shadow in the answer the step is left out for both.
func (r *run) try(w writes) (copies, error) {
	shadow, refused := r.world.Shadow().Try(w.shadow)
	guarded, err := r.world.Guarded().Try(w.guarded)
	switch {
	case errors.Is(err, ErrBroken):
		return copies{}, err
	case refused == nil && err == nil:
		return copies{guarded, shadow}, nil
	case refused == nil && r.seen && !r.disowned:
		return copies{}, fmt.Errorf("refused with Rollguard, and taken without it: %w", err)
	case refused != nil && err == nil && !r.lenient(guarded):
		return copies{}, fmt.Errorf("taken with Rollguard, and refused without it: %w", refused)
	}
	r.stats.Refused++
	return copies{}, nil
}

// lenient tells whether a write may be valid only with Rollguard: mode enforce
// corrects an author's values (decisions.md 7), and values that the API server filled
// in beside a Recreate are removed.
//
// An author's maxUnavailable of 0 over ours passes for ours (decisions.md 3), which
// gives way to his maxSurge of 0.
func (r *run) lenient(guarded *appsv1.Deployment) bool {
	s := &guarded.Spec.Strategy
	return s.Type == appsv1.RecreateDeploymentStrategyType || s.RollingUpdate.MaxSurge.String() == "0" ||
		r.around.settings(guarded.Annotations).Mode.Value == api.Enforce
}
