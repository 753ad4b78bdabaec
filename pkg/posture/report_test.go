package posture

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// lacking is a decision about a Deployment behind an Ingress, whose next rollout changes
// fields.
func lacking(repair api.Repair, fields ...workload.Path) *decision.Decision {
	ingress := "shop/web"
	d := &decision.Decision{Result: policy.Result{
		Exposure: topology.Exposure{Kind: topology.ALBIP, Routes: []topology.Route{{Via: topology.ViaIngress, Ingress: &ingress, TargetType: "ip", Service: "web"}}},
	}}
	rules := map[workload.Path]api.Rule{
		workload.MaxUnavailable: api.RuleStrategy, workload.MaxSurge: api.RuleStrategy,
		workload.MinReadySeconds: api.RuleMinReady, workload.PreStop("app"): api.RulePreStop,
	}
	values := map[workload.Path][2]string{
		workload.MaxUnavailable: {`"25%"`, "0"}, workload.MaxSurge: {`"25%"`, "1"},
		workload.MinReadySeconds: {"null", "25"}, workload.PreStop("app"): {`{"sleep":{"seconds":20}}`, `{"sleep":{"seconds":40}}`},
	}
	for _, f := range fields {
		d.Changes = append(d.Changes, policy.Change{Path: f, Rule: rules[f], From: json.RawMessage(values[f][0]), To: json.RawMessage(values[f][1])})
	}
	d.Settings.Repair.Value = repair
	return d
}

// atRisk adds findings that are at risk.
func atRisk(d *decision.Decision, messages ...string) *decision.Decision {
	for _, m := range messages {
		d.Findings = append(d.Findings, policy.Finding{Outcome: policy.AtRisk, Message: m}, policy.Finding{Outcome: policy.Kept, Message: "kept"})
	}
	return d
}

func paused(d *decision.Decision) *decision.Decision {
	d.Paused = true
	return d
}

func TestAReportSaysWhatIsMissingAndWhatToDo(t *testing.T) {
	const unguarded = "This Deployment is not guarded behind ALB Ingress shop/web (ip targets). "
	hook := workload.PreStop("app")
	audit := lacking(api.RepairRollout, workload.MinReadySeconds)
	audit.Mode = api.Audit
	for name, tc := range map[string]struct {
		state    policy.State
		decision *decision.Decision
		want     string
	}{
		"unguarded": {policy.Unguarded, lacking(api.RepairReport, workload.MaxUnavailable, workload.MaxSurge, hook),
			unguarded + "Called for: maxUnavailable 0 (is 25%), maxSurge 1 (is 25%), preStop sleep of 40s in container app (is sleep of 20s). The next rollout adds it; kubectl rollout restart starts one."},
		"unguarded in audit mode": {policy.Unguarded, audit,
			unguarded + "Called for: minReadySeconds 25 (is 0). The mode is audit, so Rollguard will not add it."},
		"the strategy is repaired, and more is missing": {policy.Unguarded, lacking(api.RepairStrategy, workload.MaxUnavailable, workload.MinReadySeconds, hook),
			unguarded + "Called for: maxUnavailable 0 (is 25%), minReadySeconds 25 (is 0), preStop sleep of 40s in container app (is sleep of 20s). Rollguard adds maxUnavailable, minReadySeconds by itself, as the namespace asks; the next rollout adds the rest, and kubectl rollout restart starts one."},
		"the strategy is repaired, and was all": {policy.Unguarded, lacking(api.RepairStrategy, workload.MinReadySeconds),
			unguarded + "Called for: minReadySeconds 25 (is 0). Rollguard adds it by itself, as the namespace asks; no rollout is needed."},
		"the strategy is repaired, and is there": {policy.Unguarded, lacking(api.RepairStrategy, hook),
			unguarded + "Called for: preStop sleep of 40s in container app (is sleep of 20s). The next rollout adds it; kubectl rollout restart starts one."},
		"a rollout is started": {policy.Unguarded, lacking(api.RepairRollout, workload.MaxUnavailable, hook),
			unguarded + "Called for: maxUnavailable 0 (is 25%), preStop sleep of 40s in container app (is sleep of 20s). Rollguard adds it by itself and starts the rollout, as the namespace asks, once the last rollout is over and the Deployment is not paused."},
		"no rollout is called for": {policy.Unguarded, lacking(api.RepairRollout, workload.MaxUnavailable),
			unguarded + "Called for: maxUnavailable 0 (is 25%). Rollguard adds it by itself, as the namespace asks; no rollout is needed."},
		"unguarded, and at risk even then": {policy.Unguarded, atRisk(lacking(api.RepairReport, hook), "a", "b", "c", "d"),
			unguarded + "Called for: preStop sleep of 40s in container app (is sleep of 20s). The next rollout adds it; kubectl rollout restart starts one. A rollout may lose requests even then: a; b; c; and 1 more."},
		"at risk without a route": {policy.Risky, atRisk(&decision.Decision{}, "a"),
			"A rollout of this Deployment may lose requests: a."},
		"paused": {policy.Unguarded, paused(lacking(api.RepairReport, hook)),
			unguarded + "Called for: preStop sleep of 40s in container app (is sleep of 20s). The next rollout adds it; kubectl rollout restart starts one, after kubectl rollout resume, as the Deployment is paused."},
		"paused, and the strategy is repaired": {policy.Unguarded, paused(lacking(api.RepairStrategy, workload.MinReadySeconds, hook)),
			unguarded + "Called for: minReadySeconds 25 (is 0), preStop sleep of 40s in container app (is sleep of 20s). Rollguard adds minReadySeconds by itself, as the namespace asks; the next rollout adds the rest, and kubectl rollout restart starts one, after kubectl rollout resume, as the Deployment is paused."},
		"guarded": {policy.Guarded, lacking(api.RepairReport), ""},
		"pending": {policy.Pending, lacking(api.RepairReport, hook), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, report(tc.state, tc.decision, false).note); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAReportIsTheSameAfterARepairOfTheStrategyAndAnotherWhenMoreIsMissing(t *testing.T) {
	hook, all := workload.PreStop("app"), []workload.Path{workload.MaxUnavailable, workload.MinReadySeconds, workload.PreStop("app")}
	hash := func(d *decision.Decision) uint64 { return report(policy.Unguarded, d, false).hash("uid") }
	for _, repair := range []api.Repair{api.RepairStrategy, api.RepairRollout} {
		first := hash(lacking(repair, all...))
		if hash(lacking(repair, hook)) != first {
			t.Errorf("repair %s: what is left of it after the repair of the strategy is reported again", repair)
		}
		if hash(lacking(repair, workload.MinReadySeconds)) == first {
			t.Errorf("repair %s: another thing that is missing is not reported", repair)
		}
		if hash(atRisk(lacking(repair, hook), "a new risk")) == first {
			t.Errorf("repair %s: a new risk is not reported", repair)
		}
	}
	if hash(paused(lacking(api.RepairReport, hook))) != hash(lacking(api.RepairReport, hook)) {
		t.Error("what is missing is reported again when the Deployment is paused")
	}
	if hash(lacking(api.RepairReport, all...)) == hash(lacking(api.RepairReport, hook)) {
		t.Error("where nothing is repaired, what is missing makes no difference")
	}
}

func TestWhileAdmissionIsBrokenNobodyIsSentToRestartADeployment(t *testing.T) {
	const start = "This Deployment is not guarded behind ALB Ingress shop/web (ip targets). Called for: preStop sleep of 40s in container app (is sleep of 20s). "
	hook := workload.PreStop("app")
	audit := lacking(api.RepairReport, hook)
	audit.Mode = api.Audit
	for name, tc := range map[string]struct {
		decision *decision.Decision
		want     string
	}{
		"nothing is repaired": {lacking(api.RepairReport, hook),
			"Rollguard was not at work when this was written (rollguard check tells whether it is now). While it is, the next rollout adds it; kubectl rollout restart starts one."},
		"a rollout is asked for": {lacking(api.RepairRollout, hook),
			"Rollguard was not at work when this was written (rollguard check tells whether it is now). While it is, Rollguard adds it by itself and starts the rollout, as the namespace asks, once the last rollout is over and the Deployment is not paused."},
		"audit": {audit, "The mode is audit, so Rollguard will not add it."},
	} {
		broken := report(policy.Unguarded, tc.decision, true)
		if diff := cmp.Diff(start+tc.want, broken.note); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		if broken.hash("uid") != report(policy.Unguarded, tc.decision, false).hash("uid") {
			t.Errorf("%s: the same news is told again when admission works again", name)
		}
	}
}
