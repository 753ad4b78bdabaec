package posture

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.uber.org/zap"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// fieldManager owns the annotation that asks for a repair, and nothing else.
const fieldManager = "rollguard-posture"

// The outcomes of a repair, for metrics.
const (
	repairDone   = "done"
	repairVain   = "unchanged"
	repairRaced  = "raced"
	repairFailed = "failed"
)

// RepairOutcomes are the values of the outcome label.
func RepairOutcomes() []string { return []string{repairDone, repairVain, repairRaced, repairFailed} }

// repairable is a Deployment that would change.
type repairable struct {
	raw      []byte
	decision *decision.Decision
	settled  bool
}

// order is a repair, and in words what it writes.
type order struct {
	what   api.Repair
	fields string
}

// waiting is a Deployment whose template is to be completed.
type waiting struct {
	target
	fields string
}

// repair does what the namespace wants done at once, and notes what has to wait for its
// turn. A changed policy alone starts no rollout: what is pending follows the author's
// next one.
func (v *survey) repair(ctx context.Context, to target, r repairable) {
	if !wantsRepair(r.decision) || v.held(to) {
		return
	}
	var now decision.Decision
	due, err := Due(r.decision, func(question policy.Survey) (d decision.Decision, err error) {
		now, err = v.ask(r.raw, question)
		return now, err
	})
	switch {
	case err != nil:
		v.Log.Error("a repair cannot be evaluated", zap.String("namespace", to.namespace), zap.String("name", to.name), zap.Error(err))
	case due == api.RepairStrategy:
		v.ensure(ctx, to, order{api.RepairStrategy, inWords(now.Changes, "was")})
	case due != api.RepairRollout:
	case r.settled:
		v.waiting = append(v.waiting, waiting{to, inWords(r.decision.Changes, "was")})
	default:
		v.soon(retryAfter) // its own rollout, or a pause, comes first
	}
}

func wantsRepair(next *decision.Decision) bool {
	return lacks(next) && next.Mode != api.Audit && next.Settings.Repair.Value.Includes(api.RepairStrategy)
}

// lacks tells whether something of ours is to be written. A risk counts before what is
// pending, and does not keep that from being repaired.
func lacks(next *decision.Decision) bool {
	switch next.State() {
	case policy.Unguarded, policy.Pending:
		return true
	case policy.Risky:
		return len(next.Changes) > 0 && next.Exposure.Kind != topology.None
	}
	return false
}

// Due is what the namespace wants repaired next in a stored Deployment, given the decision
// about its next rollout and a way to ask for others: first what starts no rollout, then,
// where that is wanted and the Deployment is unguarded, the template. It is
// [api.RepairReport] for nothing.
func Due(next *decision.Decision, ask func(policy.Survey) (decision.Decision, error)) (api.Repair, error) {
	if !wantsRepair(next) {
		return api.RepairReport, nil
	}
	now, err := ask(policy.WithoutRollout)
	switch {
	case err != nil:
		return api.RepairReport, err
	case len(now.Changes) > 0:
		return api.RepairStrategy, nil
	case next.Settings.Repair.Value.Includes(api.RepairRollout) && next.State() == policy.Unguarded:
		return api.RepairRollout, nil
	}
	return api.RepairReport, nil
}

// Ask is the merge patch that asks the webhook for a repair of the Deployment of that
// resourceVersion.
func Ask(what api.Repair, resourceVersion string) ([]byte, error) {
	return json.Marshal(map[string]any{"metadata": map[string]any{
		"resourceVersion": resourceVersion,
		"annotations":     map[string]string{api.AnnotationRepaired: string(what) + " " + resourceVersion},
	}})
}

// repairRollouts starts one rollout at most; the others wait until it is over.
func (v *survey) repairRollouts(ctx context.Context) {
	if len(v.waiting) == 0 {
		return
	}
	v.soon(retryAfter)
	if !v.rolling {
		v.ensure(ctx, v.waiting[0].target, order{api.RepairRollout, v.waiting[0].fields})
	}
}

// held tells whether repairs of a Deployment came to nothing lately. The note about it
// is kept.
func (v *survey) held(to target) bool {
	last := v.tally.note(v.name, to.uid)
	n := v.notes[to.uid]
	n.vain, n.notBefore = last.vain, last.notBefore
	if n.vain > 0 {
		v.notes[to.uid] = n
	}
	return time.Now().Before(n.notBefore)
}

// vain notes that a repair came to nothing: the next one waits twice as long, at most
// an hour. Somebody may undo what we do, or the rights may be missing.
func (v *survey) vain(to target) {
	n := v.notes[to.uid]
	n.notBefore = time.Now().Add(min(retryAfter<<n.vain, time.Hour))
	n.vain = min(n.vain+1, 16)
	v.notes[to.uid] = n
}

// ensure asks for a repair within the budget, and for another look: what became of it
// is what is found then.
func (v *survey) ensure(ctx context.Context, to target, o order) {
	if v.brokenNow(ctx) || !v.repairs.take() {
		v.soon(retryAfter)
		return
	}
	outcome, err := v.write(ctx, to, o.what)
	v.Recorder.Repair(outcome)
	fields := []zap.Field{zap.String("namespace", to.namespace), zap.String("name", to.name), zap.String("repair", string(o.what)), zap.String("outcome", outcome), zap.Error(err)}
	switch outcome {
	case repairDone:
		v.soon(settleTime)
		v.Log.Info("a Deployment was repaired", fields...)
		v.emit(ctx, to, event{reason: reasonRepaired, note: done(o)})
	case repairRaced:
		v.soon(settleTime)
		v.Log.Debug("a Deployment was written by somebody else", fields...)
	default:
		v.vain(to)
		v.soon(retryAfter)
		v.Log.Warn("a Deployment could not be repaired", fields...)
		v.emit(ctx, to, event{reason: reasonRepairFailed, note: failed(o.what, err), warn: true})
	}
}

func done(o order) string {
	starts := "starts no rollout"
	if o.what == api.RepairRollout {
		starts = "starts a rollout"
	}
	return fmt.Sprintf("Written, as annotation rollguard.io/repair of the namespace asks: %s. That %s.", o.fields, starts)
}

func failed(what api.Repair, err error) string {
	switch {
	case err == nil:
		return fmt.Sprintf("The repair (%s) changed nothing: the webhook was not called, or does not see the same routes.", what)
	case apierrors.IsForbidden(err):
		return "The repair is not allowed: bind ClusterRole rollguard-repair to Rollguard's service account in this namespace."
	}
	return fmt.Sprintf("The repair (%s) failed: %v.", what, err)
}

// write asks our own webhook for the repair, by an annotation that is new. So what is
// repaired is decided and proven where every other write is, and its fields belong to
// no manager: an author may write them later without a conflict (docs/adr/0012). The
// resourceVersion makes it a 409 when the Deployment is not the one that was looked at.
func (v *survey) write(ctx context.Context, to target, what api.Repair) (string, error) {
	patch, err := Ask(what, to.version)
	if err != nil {
		return repairFailed, err
	}
	stored, err := body(v.Clients.AppsV1().RESTClient().Patch(types.MergePatchType).
		Namespace(to.namespace).Resource("deployments").Name(to.name).
		SetHeader("Accept", "application/json").
		Param("fieldManager", fieldManager).
		Body(patch).Do(ctx))
	switch {
	case apierrors.IsConflict(err), apierrors.IsNotFound(err):
		return repairRaced, nil
	case err != nil:
		return repairFailed, err
	}
	return v.outcome(stored, what)
}

// outcome tells whether the webhook did what was asked.
func (v *survey) outcome(stored []byte, what api.Repair) (string, error) {
	question := policy.WithoutRollout
	if what == api.RepairRollout {
		question = policy.NextRollout
	}
	left, err := v.ask(stored, question)
	if err != nil {
		return repairFailed, err
	}
	if len(left.Changes) > 0 {
		return repairVain, nil
	}
	return repairDone, nil
}
