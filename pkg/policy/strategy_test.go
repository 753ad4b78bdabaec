package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// only are the codes of one rule.
func (m made) only(rule string) []string {
	out := []string{}
	for _, f := range m.Findings {
		if string(f.Rule) == rule {
			out = append(out, string(f.Code))
		}
	}
	return out
}

func TestTheStrategyNeverTakesAPodAwayFirst(t *testing.T) {
	rolling := func(text string) string {
		return put(t, bare, json.RawMessage(text), "spec", "strategy", "rollingUpdate")
	}
	for _, tc := range []struct {
		name, object string
		namespace    texts
		surge        string
		unavailable  string
		codes        []string
	}{
		{"API defaults", bare, nil, `"25%"`, `0`, []string{"MaxUnavailableSet"}},
		{"nothing at all, as in a file", put(t, bare, nil, "spec", "strategy"), nil, `"25%"`, `0`, []string{"MaxUnavailableSet"}},
		{"another surge is asked for", bare, texts{"max-surge": "3"}, `3`, `0`, []string{"MaxSurgeSet", "MaxUnavailableSet"}},
		{"an author's surge", rolling(`{"maxSurge":1,"maxUnavailable":"25%"}`), texts{"max-surge": "3"}, `1`, `0`, []string{"MaxSurgeAuthored", "MaxUnavailableSet"}},
		{"an author's surge of 0", rolling(`{"maxSurge":0,"maxUnavailable":"25%"}`), nil, `0`, `"25%"`, []string{"SurgeForbidden"}},
		{"an author's surge of 0%", rolling(`{"maxSurge":"0%","maxUnavailable":"25%"}`), nil, `"0%"`, `"25%"`, []string{"SurgeForbidden"}},
		{"an author's surge of 000%", rolling(`{"maxSurge":"000%","maxUnavailable":"25%"}`), nil, `"000%"`, `"25%"`, []string{"SurgeForbidden"}},
		{"an author's unavailability", rolling(`{"maxSurge":"25%","maxUnavailable":1}`), nil, `"25%"`, `1`, []string{"MaxUnavailableAuthored"}},
		{"an author's unavailability that rounds down to none", rolling(`{"maxSurge":"25%","maxUnavailable":"12%"}`), nil, `"25%"`, `"12%"`, []string{}},
		{"an author's unavailability that rounds down to one", rolling(`{"maxSurge":"25%","maxUnavailable":"13%"}`), nil, `"25%"`, `"13%"`, []string{"MaxUnavailableAuthored"}},
		{"an author's unavailability of 0", rolling(`{"maxSurge":"25%","maxUnavailable":0}`), nil, `"25%"`, `0`, []string{}},
		{"an unavailability that is asked for", bare, texts{"max-unavailable": "100%"}, `"25%"`, `"100%"`, []string{"MaxUnavailableAsked", "MaxUnavailableSet"}},
		{"one that is asked for and rounds down to none", bare, texts{"max-unavailable": "1%"}, `"25%"`, `"1%"`, []string{"MaxUnavailableSet"}},
		{"Recreate", put(t, bare, json.RawMessage(`{"type":"Recreate"}`), "spec", "strategy"), nil, ``, ``, []string{"RecreateStrategy"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := write{new: tc.object, namespace: tc.namespace}.evaluate(t)
			if got := m.value(t, workload.MaxSurge); got != tc.surge {
				t.Errorf("maxSurge %s, want %s", got, tc.surge)
			}
			if got := m.value(t, workload.MaxUnavailable); got != tc.unavailable {
				t.Errorf("maxUnavailable %s, want %s", got, tc.unavailable)
			}
			if diff := cmp.Diff(tc.codes, m.only("strategy")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestASurgeThatMayDeadlockIsNotBegun(t *testing.T) {
	sidecar := []any{map[string]any{"name": "proxy", "restartPolicy": "Always", "ports": []any{map[string]any{"containerPort": 1, "hostPort": 1}}}}
	setup := []any{map[string]any{"name": "setup", "ports": []any{map[string]any{"containerPort": 1, "hostPort": 1}}}}
	claim := []any{map[string]any{"name": "data", "persistentVolumeClaim": map[string]any{"claimName": "data"}}}
	empty := []any{map[string]any{"name": "tmp", "emptyDir": map[string]any{}}}
	for name, tc := range map[string]struct {
		object string
		hazard bool
	}{
		"host network":                     {inPod(t, bare, true, "hostNetwork"), true},
		"host port":                        {inContainer(t, bare, []any{map[string]any{"containerPort": 1, "hostPort": 1}}, "ports"), true},
		"host port of a native sidecar":    {inPod(t, bare, sidecar, "initContainers"), true},
		"host port of an init container":   {inPod(t, bare, setup, "initContainers"), false},
		"a volume claim":                   {inPod(t, bare, claim, "volumes"), true},
		"an empty directory":               {inPod(t, bare, empty, "volumes"), false},
		"a volume claim of a lone replica": {put(t, inPod(t, bare, claim, "volumes"), 1, "spec", "replicas"), true},
	} {
		m := write{new: tc.object}.evaluate(t)
		want, codes := `0`, []string{"MaxUnavailableSet"}
		if tc.hazard {
			want, codes = `"25%"`, []string{string(policy.SurgeMayDeadlock)}
		}
		if got := m.value(t, workload.MaxUnavailable); got != want {
			t.Errorf("%s: maxUnavailable %s", name, got)
		}
		if diff := cmp.Diff(codes, m.only("strategy")); diff != "" {
			t.Errorf("%s, -want +got:\n%s", name, diff)
		}
	}
}
