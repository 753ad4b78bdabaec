package sequence

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/posture"
)

// posture is one look of the posture loop at the guarded copy, and what the namespace wants
// done about it: pkg/posture decides what that is, and the webhook does it.
func (r *run) posture() error {
	if r.guarded == nil || !r.around.Labelled {
		return nil // it looks at enabled namespaces
	}
	if err := r.look(true); err != nil {
		return err
	}
	due, err := r.due()
	if err != nil || due == api.RepairReport {
		return err
	}
	if mode := r.around.settings(r.guarded.Annotations).Repair.Value; !mode.Includes(due) {
		return fmt.Errorf("a repair (%s) is due, and the namespace wants no more than %s", due, mode)
	}
	return r.repair(due)
}

func (r *run) due() (api.Repair, error) {
	ask := func(question policy.Survey) (decision.Decision, error) { return r.world.Ask(r.guarded, question) }
	next, err := ask(policy.NextRollout)
	if err != nil {
		return api.RepairReport, err
	}
	return posture.Due(&next, ask)
}

// repair asks for a repair, which nobody's manifest has, and checks what came of it.
func (r *run) repair(what api.Repair) error {
	body, err := posture.Ask(what, r.guarded.ResourceVersion)
	if err != nil {
		return err
	}
	w := Write{Type: types.MergePatchType, Manager: "rollguard-posture", Body: body}
	tried, err := r.world.Guarded().Try(w)
	if err != nil {
		return fmt.Errorf("a repair (%s) is refused: %w", what, err)
	}
	before := r.copies
	if r.guarded, err = r.world.Guarded().Keep(w); err != nil {
		return err
	}
	if err := same(tried, r.guarded); err != nil {
		return fmt.Errorf("a repair (%s) is not what its dry run was: %w", what, err)
	}
	err = errors.Join(r.repaired(what, before.guarded), r.settles(), r.touchesNothingElse(), r.keepsProbes())
	r.stats.Repairs++
	if !sameTemplate(before.guarded, r.guarded) {
		r.stats.Rolled++
	}
	r.remember(Step{Manner: MergePatch}, before, r.manifest)
	return err
}

// repaired: a repair of the strategy leaves the template, and no repair is due twice.
func (r *run) repaired(what api.Repair, before *appsv1.Deployment) error {
	accepts := r.around.settings(r.guarded.Annotations).Rollout.Value == api.RolloutImmediate
	if what == api.RepairStrategy && !accepts && !sameTemplate(before, r.guarded) {
		return fmt.Errorf("a repair of the strategy starts a rollout, -before +after:\n%s", cmp.Diff(before.Spec.Template, r.guarded.Spec.Template))
	}
	again, err := r.due()
	if err == nil && again == what {
		err = fmt.Errorf("a repair (%s) is due once more after it was done", what)
	}
	return err
}
