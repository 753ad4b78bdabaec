package posture

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/valyala/fastjson"
	"go.uber.org/zap"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
)

// survey is one look at the Deployments of one namespace.
type survey struct {
	*term

	name   string
	around decision.Namespace
	// witnessed is set for a look on any replica at what it answered for a moment ago: then
	// admission works.
	witnessed bool
	counts    map[Kind]int
	// notes are kept for the next look, by uid.
	notes map[string]note
	// rolling is set while a rollout that we asked for is on its way; waiting are the
	// Deployments whose turn comes then.
	rolling bool
	waiting []waiting
	// again is when to look again, 0 for no sooner than something changes.
	again time.Duration
}

// target is what a repair needs to know of a Deployment.
type target struct {
	namespace, name, uid, version string
}

func targetOf(item *fastjson.Value) target {
	text := func(key string) string { return string(item.GetStringBytes("metadata", key)) }
	return target{namespace: text("namespace"), name: text("name"), uid: text("uid"), version: text("resourceVersion")}
}

// consider looks at one Deployment.
func (v *survey) consider(ctx context.Context, item *fastjson.Value) {
	to := targetOf(item)
	raw := item.MarshalTo(nil)
	d, err := v.ask(raw, policy.NextRollout)
	if err != nil {
		v.counts[Kind{State: policy.Undecided}]++
		v.undecided(to, err)
		return
	}
	state := d.State()
	v.counts[Kind{State: state, Exposure: d.Exposure.Kind}]++
	v.rolling = v.rolling || weRoll(item)
	e := report(state, &d, v.broken.Load())
	if e.advises && !v.witnessed && v.news(to, e) && v.brokenNow(ctx) {
		e = report(state, &d, true)
	}
	if e.note != "" {
		v.report(ctx, to, e)
	}
	if v.witnessed {
		return // only the leader repairs
	}
	v.repair(ctx, to, repairable{raw: raw, decision: &d, settled: settled(item)})
}

// undecided says why a Deployment cannot be evaluated: once for as long as the reason
// stays the same.
func (v *survey) undecided(to target, err error) {
	h := event{reason: string(policy.Undecided), note: err.Error()}.hash(to.uid)
	n := v.notes[to.uid]
	n.report = h
	v.notes[to.uid] = n
	if v.tally.note(v.name, to.uid).report != h {
		v.Log.Warn("a Deployment cannot be evaluated", zap.String("namespace", to.namespace), zap.String("name", to.name), zap.Error(err))
	}
}

// soon asks for another look.
func (v *survey) soon(after time.Duration) {
	if v.again == 0 || after < v.again {
		v.again = after
	}
}

// ask puts the question about a stored Deployment to the core. Its own recover keeps one
// Deployment from hiding the others of its namespace.
func (v *survey) ask(raw []byte, question policy.Survey) (d decision.Decision, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
			v.Log.Debug("panic", zap.Stack("stack"))
		}
	}()
	return v.Decider.Make(&decision.Request{
		New:         raw,
		Namespace:   v.around.Annotations,
		Graph:       v.around.Graph,
		Room:        v.around.Room,
		NativeSleep: v.Cluster.NativeSleep(),
		Survey:      question,
	})
}

// weRoll tells whether a rollout that we asked for is not over yet.
func weRoll(item *fastjson.Value) bool {
	asked := string(item.GetStringBytes("metadata", "annotations", api.AnnotationRepaired))
	return strings.HasPrefix(asked, string(api.RepairRollout)) && !complete(item)
}

// settled tells whether a rollout may be started: the last one is over, and nobody
// holds it up on purpose.
func settled(item *fastjson.Value) bool {
	return complete(item) && !item.GetBool("spec", "paused")
}

// complete tells whether the last rollout is over, as kubectl rollout status does
// (kubectl pkg/polymorphichelpers/rollout_status.go).
func complete(item *fastjson.Value) bool {
	replicas := 1
	if r := item.Get("spec", "replicas"); r != nil {
		replicas = r.GetInt()
	}
	status := func(key string) int { return item.GetInt("status", key) }
	return status("observedGeneration") >= item.GetInt("metadata", "generation") &&
		status("updatedReplicas") >= replicas &&
		status("replicas") <= status("updatedReplicas") &&
		status("availableReplicas") >= status("updatedReplicas")
}
