package decision_test

import (
	"testing"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// What a survey says of a stored Deployment is what its next rollout gets: once done,
// nothing is left to say, and what needs no rollout touches no Pod template.
func TestASurveyAgreesWithTheRolloutThatFollows(t *testing.T) {
	m, changed := maker(), 0
	for number := range uint64(400) {
		g := newGenerator(7, number)
		stored := g.deployment()
		w := write{New: stored, Graph: behind(topology.TargetIP), NativeSleep: true}
		ask := func(object []byte, question policy.Survey) decision.Decision {
			req := write{New: object, Graph: w.Graph, NativeSleep: true}.request()
			req.Survey = question
			d, err := m.Make(req)
			if err != nil {
				t.Fatalf("%d: %v\n%s", number, err, object)
			}
			return d
		}
		now := ask(stored, policy.WithoutRollout)
		for _, c := range now.Changes {
			if c.Path.InTemplate() {
				t.Fatalf("%d: without a rollout %s would change\n%s", number, c.Path, stored)
			}
		}
		next := ask(stored, policy.NextRollout)
		if len(now.Changes) > 0 && len(next.Changes) > len(now.Changes) {
			changed++
		}
		after := ask(applied(t, stored, next.Patch), policy.NextRollout)
		if s := after.State(); len(next.Patch) > 0 && len(after.Changes) > 0 || s == policy.Unguarded && len(next.Patch) > 0 {
			t.Fatalf("%d: after the rollout it is %s, and %v is left\n%s", number, s, after.Changes, stored)
		}
	}
	if changed < 100 {
		t.Errorf("only %d Deployments had something to change in both ways", changed)
	}
}
