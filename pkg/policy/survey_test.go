package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

func TestASurveyTellsHowADeploymentStands(t *testing.T) {
	probed := func(s string) string {
		for _, probe := range []string{"startupProbe", "readinessProbe"} {
			s = inContainer(t, s, map[string]any{"tcpSocket": map[string]any{"port": 8080}}, probe)
		}
		return s
	}
	for name, tc := range map[string]struct {
		write write
		want  policy.State
	}{
		"nothing was ever written":                            {write{}, policy.Unguarded},
		"all was written and is as it should be":              {write{new: guarded(t), namespace: careful}, policy.Guarded},
		"the policy asks for less by now":                     {write{new: guarded(t)}, policy.Pending},
		"the policy asks for another path by now":             {write{new: guarded(t), namespace: map[string]string{"profile": "careful", "readiness-path": "/new"}}, policy.Pending},
		"the policy asks for a longer sleep now":              {write{new: write{}.evaluate(t).object, namespace: careful}, policy.Unguarded},
		"an ALB came that is slower":                          {write{new: write{}.evaluate(t).object, exposure: behindALB(topology.TargetInstance)}, policy.Unguarded},
		"one probe is missing":                                {write{new: inContainer(t, guarded(t), nil, "readinessProbe"), namespace: careful}, policy.Unguarded},
		"nothing sends traffic":                               {write{noExposure: true}, policy.Unexposed},
		"nothing sends traffic any more":                      {write{new: guarded(t), noExposure: true}, policy.Unexposed},
		"a port is no reason to assume a Service":             {write{noExposure: true, assume: true}, policy.Unexposed},
		"nothing sends traffic, and the namespace has a typo": {write{noExposure: true, namespace: map[string]string{"min-redy": "5s", "max-surge": "some"}}, policy.Unexposed},
		"nothing sends traffic, and the typo may be why":      {write{noExposure: true, namespace: map[string]string{"exposure": "alb-ipp"}}, policy.Risky},
		"nothing sends traffic, and the typo is its own":      {write{noExposure: true, new: annotate(t, bare, "min-redy", "5s")}, policy.Risky},
		"the namespace has a typo":                            {write{new: guarded(t), namespace: map[string]string{"profile": "careful", "min-redy": "5s"}}, policy.Risky},
		"it opted out":                                        {write{new: put(t, bare, "disabled", "metadata", "labels", "rollguard.io/inject")}, policy.Exempt},
		"it opted out and ours is still there":                {write{new: put(t, guarded(t), "disabled", "metadata", "labels", "rollguard.io/inject")}, policy.Exempt},
		"another controller owns it":                          {write{new: put(t, bare, []any{map[string]any{"kind": "App", "name": "web", "controller": true}}, "metadata", "ownerReferences")}, policy.Exempt},
		"it is being deleted":                                 {write{new: put(t, bare, "2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")}, policy.Exempt},
		"the mode is audit, so nothing will be":               {write{namespace: map[string]string{"mode": "audit"}}, policy.Unguarded},
		"its author asks to keep what is missing":             {write{new: annotate(t, bare, "keep", "strategy,startup-probe,readiness-probe,pre-stop,grace-period,min-ready,progress-deadline")}, policy.Guarded},
		"the author takes Pods away on purpose":               {write{new: put(t, guarded(t), "50%", "spec", "strategy", "rollingUpdate", "maxUnavailable"), namespace: careful}, policy.Risky},
		"the same, and a value of ours is pending":            {write{new: put(t, guarded(t), "50%", "spec", "strategy", "rollingUpdate", "maxUnavailable")}, policy.Risky},
		"a road there may be cannot be read":                  {write{exposure: topology.Exposure{Kind: topology.None, Gaps: []topology.Gap{{Object: "Ingress shop/web", Reason: "names IngressClass x, which does not exist"}}}}, policy.Risky},
		"the author wrote probes and nothing else":            {write{new: probed(bare)}, policy.Unguarded},
	} {
		t.Run(name, func(t *testing.T) {
			tc.write.survey = policy.NextRollout
			if m := tc.write.evaluate(t); m.State() != tc.want {
				t.Errorf("state %s, want %s; changes %v, codes %v", m.State(), tc.want, m.Changes, m.codes())
			}
		})
	}
}

func TestASurveyOfWhatRollsNothingLeavesTheTemplate(t *testing.T) {
	m := write{survey: policy.WithoutRollout}.evaluate(t)
	sameTemplate(t, m, bare)
	if m.value(t, workload.MaxUnavailable) != "0" {
		t.Errorf("the strategy was left alone: %s", m.object)
	}
	if m.found(policy.PendingRollout) == nil {
		t.Errorf("it is not said that the template waits: %v", m.codes())
	}
}

func TestWhatWasWrittenWithoutARolloutIsSettled(t *testing.T) {
	first := write{survey: policy.WithoutRollout}.evaluate(t)
	again := write{new: first.object, survey: policy.WithoutRollout}.evaluate(t)
	if len(again.Changes) > 0 || again.object != first.object {
		t.Errorf("the second time changed %v", again.Changes)
	}
}

func TestARequestForARepairCompletesTheTemplateOnlyWhereTheNamespaceWantsIt(t *testing.T) {
	asked := annotate(t, bare, "repaired", "rollout 7")
	for name, tc := range map[string]struct {
		new, old, repair string
		want             policy.Trigger
	}{
		"new, and wanted":                       {asked, bare, "rollout", policy.RepairAsked},
		"another one than before":               {annotate(t, bare, "repaired", "rollout 9"), asked, "rollout", policy.RepairAsked},
		"new, but only strategy is wanted":      {asked, bare, "strategy", policy.TemplateKept},
		"new, but nothing is wanted":            {asked, bare, "report", policy.TemplateKept},
		"the same as before":                    {put(t, asked, 9, "spec", "replicas"), asked, "rollout", policy.TemplateKept},
		"gone":                                  {bare, asked, "rollout", policy.TemplateKept},
		"for the strategy only":                 {annotate(t, bare, "repaired", "strategy 7"), bare, "rollout", policy.TemplateKept},
		"new, while the author changes it, too": {inContainer(t, asked, "app:2", "image"), bare, "rollout", policy.RepairAsked},
	} {
		t.Run(name, func(t *testing.T) {
			m := write{new: tc.new, old: tc.old, namespace: map[string]string{"repair": tc.repair}}.evaluate(t)
			if m.Trigger != tc.want {
				t.Errorf("trigger %s, want %s", m.Trigger, tc.want)
			}
			if tc.want == policy.RepairAsked {
				if again := (write{new: m.object, survey: policy.NextRollout, namespace: map[string]string{"repair": tc.repair}}).evaluate(t); again.State() != policy.Guarded {
					t.Errorf("after the repair it is %s: %v", again.State(), again.Changes)
				}
				return
			}
			sameTemplate(t, m, tc.old)
		})
	}
}

// What a patch put back to the API's default is its author's for a survey as it is for his
// next write: else the posture loop would ask for a repair that the webhook never makes.
func TestASurveyKeepsADefaultThatWasPatchedOverOurs(t *testing.T) {
	stored := guarded(t)
	patched := write{new: inStrategy(t, stored, "25%", "maxUnavailable"), old: stored, namespace: careful}.evaluate(t).object
	next := write{new: patched, namespace: careful, survey: policy.NextRollout}.evaluate(t)
	if next.State() != policy.Risky || next.found(policy.MaxUnavailableAuthored) == nil {
		t.Errorf("state %s, changes %v, codes %v", next.State(), next.Changes, next.codes())
	}
	if now := (write{new: patched, namespace: careful, survey: policy.WithoutRollout}).evaluate(t); len(now.Changes) > 0 {
		t.Errorf("changes %v", now.Changes)
	}
}

func TestRisksAreToldWorstFirst(t *testing.T) {
	r := policy.Result{Findings: []policy.Finding{
		{Outcome: policy.AtRisk, Code: policy.UnknownAnnotation, Message: "a word nobody knows"},
		{Outcome: policy.Kept, Code: policy.RecreateStrategy, Message: "no risk"},
		{Outcome: policy.AtRisk, Code: policy.PreStopTooShort, Message: "a short hook"},
		{Outcome: policy.AtRisk, Code: policy.RecreateStrategy, Message: "an outage"},
		{Outcome: policy.AtRisk, Code: policy.InvalidAnnotation, Message: "a value that cannot be used"},
	}}
	want := []string{"an outage", "a short hook", "a word nobody knows", "a value that cannot be used"}
	if diff := cmp.Diff(want, r.Risks()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
