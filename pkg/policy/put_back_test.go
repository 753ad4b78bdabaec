package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

func inStrategy(t testing.TB, text string, value any, key string) string {
	t.Helper()
	return put(t, text, value, "spec", "strategy", "rollingUpdate", key)
}

func TestADefaultThatIsPatchedOverOursIsTheAuthors(t *testing.T) {
	stored := guarded(t)
	patched := inStrategy(t, stored, "25%", "maxUnavailable")
	m := write{new: patched, old: stored, namespace: careful}.evaluate(t)
	if got := m.value(t, workload.MaxUnavailable); got != `"25%"` || m.found(policy.MaxUnavailableAuthored) == nil {
		t.Fatalf("maxUnavailable %s, findings %s", got, m.codes())
	}
	again := write{new: m.object, old: stored, namespace: careful}.evaluate(t)
	if again.object != m.object {
		t.Errorf("called again:\n%s\n%s", m.object, again.object)
	}
	next := write{new: rolled(t, m.object), old: m.object, namespace: careful}.evaluate(t)
	if got := next.value(t, workload.MaxUnavailable); got != `"25%"` {
		t.Errorf("at the next rollout maxUnavailable is %s", got)
	}
	bareAgain := write{new: bare, old: next.object, namespace: careful}.evaluate(t)
	if got := bareAgain.value(t, workload.MaxUnavailable); got != "0" {
		t.Errorf("a manifest without it: maxUnavailable %s", got)
	}
}

func TestADefaultThatNobodyOwnsIsNobodysWish(t *testing.T) {
	stored := guarded(t)
	for name, tc := range map[string]struct {
		fields map[string]any
		want   string
	}{
		"a server-side apply dropped it": {map[string]any{"f:spec": map[string]any{"f:replicas": map[string]any{}}}, "0"},
		"a patch wrote it":               {map[string]any{"f:spec": map[string]any{"f:strategy": map[string]any{"f:rollingUpdate": map[string]any{"f:maxUnavailable": map[string]any{}}}}}, `"25%"`},
	} {
		books := []any{map[string]any{"manager": "kubectl", "operation": "Update", "fieldsV1": tc.fields}}
		sent := put(t, inStrategy(t, stored, "25%", "maxUnavailable"), books, "metadata", "managedFields")
		m := write{new: sent, old: stored, namespace: careful}.evaluate(t)
		if got := m.value(t, workload.MaxUnavailable); got != tc.want {
			t.Errorf("%s: maxUnavailable %s, want %s", name, got, tc.want)
		}
	}
}

func TestAStrategyThatIsTakenAwayIsGuardedAgain(t *testing.T) {
	own := inStrategy(t, bare, "50%", "maxSurge")
	stored := write{new: own, namespace: careful}.evaluate(t).object
	applied := `{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"50%"}}}}`
	for name, sent := range map[string]string{
		"with what stood beside it":       inStrategy(t, inStrategy(t, stored, "25%", "maxSurge"), "25%", "maxUnavailable"),
		"by a manifest that is applied":   put(t, inStrategy(t, stored, "25%", "maxUnavailable"), applied, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
		"by a PUT of a manifest without":  own,
		"in favour of Recreate, and back": inStrategy(t, inStrategy(t, put(t, stored, "RollingUpdate", "spec", "strategy", "type"), "25%", "maxSurge"), "25%", "maxUnavailable"),
	} {
		m := write{new: sent, old: stored, namespace: careful}.evaluate(t)
		if got := m.value(t, workload.MaxUnavailable); got != "0" {
			t.Errorf("%s: maxUnavailable %s", name, got)
		}
	}
}

func TestOptingOutLeavesWhatTheManifestStates(t *testing.T) {
	for name, away := range map[string]func(string) string{
		"opted out":            func(s string) string { return put(t, s, "disabled", "metadata", "labels", "rollguard.io/inject") },
		"nothing sends there ": func(s string) string { return annotate(t, s, "exposure", "none") },
	} {
		stored := guarded(t)
		exported := put(t, stored, stored, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
		m := write{new: away(rolled(t, exported)), old: stored, namespace: careful}.evaluate(t)
		if m.value(t, workload.PreStop("app")) == "" || m.value(t, workload.GracePeriod) != "40" || m.value(t, workload.MaxUnavailable) != "0" {
			t.Errorf("%s: %s", name, m.object)
		}
		again := write{new: put(t, m.object, 9, "spec", "replicas"), old: m.object, namespace: careful}.evaluate(t)
		sameTemplate(t, again, m.object)
	}
}

func TestAnExportedManifestBringsWhatItStates(t *testing.T) {
	exported := put(t, guarded(t), guarded(t), "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	m := write{new: exported, old: bare, namespace: careful}.evaluate(t)
	if m.Trigger != policy.TemplateChanged || m.value(t, workload.PreStop("app")) == "" {
		t.Errorf("trigger %s: %s", m.Trigger, m.object)
	}
}

func TestAShortDeadlineGivesNoShortStartupBudget(t *testing.T) {
	m := write{new: put(t, bare, 60, "spec", "progressDeadlineSeconds"), namespace: careful}.evaluate(t)
	if got := m.value(t, workload.StartupProbe("app")); !strings.Contains(got, `"failureThreshold":120`) {
		t.Errorf("startup probe %s", got)
	}
}

// The revision is of before Rollguard: template and annotations have nothing of ours, the
// rest of the spec still has.
func TestAnUndoThatDropsTheRecordTakesBackWhatWasAddedToAnOptedOutDeployment(t *testing.T) {
	stored := put(t, guarded(t), "disabled", "metadata", "labels", "rollguard.io/inject")
	var template struct{ Spec struct{ Template any } }
	if err := json.Unmarshal([]byte(rolled(t, bare)), &template); err != nil {
		t.Fatal(err)
	}
	undone := put(t, put(t, stored, template.Spec.Template, "spec", "template"), map[string]any{}, "metadata", "annotations")
	m := write{new: undone, old: stored, namespace: careful}.evaluate(t)
	if got := m.value(t, workload.MaxUnavailable); got != `"25%"` {
		t.Errorf("maxUnavailable %s, want the API's default", got)
	}
	if got := m.value(t, workload.MinReadySeconds); got != "" && got != "0" {
		t.Errorf("minReadySeconds %s", got)
	}
	sameTemplate(t, m, undone)
}

// kubectl rollout undo brings back the annotations of a revision, our record among them, and
// leaves the strategy as it is stored.
func TestAnUndoToARevisionWithAnotherRecordPutsNothingBack(t *testing.T) {
	revision := write{new: annotate(t, bare, "max-surge", "1"), namespace: careful}.evaluate(t).object
	stored := write{new: annotate(t, rolled(t, revision), "max-surge", "25%"), old: revision, namespace: careful}.evaluate(t).object
	undone := inStrategy(t, revision, "25%", "maxSurge")
	m := write{new: undone, old: stored, namespace: careful}.evaluate(t)
	if got := m.value(t, workload.MaxSurge); got != "1" {
		t.Errorf("maxSurge %s, and the revision's annotation asks for 1", got)
	}
	again := write{new: m.object, old: stored, namespace: careful}.evaluate(t)
	if again.object != m.object {
		t.Errorf("called again:\n%s\n%s", m.object, again.object)
	}
}

func TestADefaultThatModeEnforceReplacedStaysItsAuthorsWhenItComesBack(t *testing.T) {
	enforce, alb := texts{"mode": "enforce"}, behindALB("ip")
	stored := write{exposure: alb, namespace: enforce}.evaluate(t).object
	stored = write{new: put(t, stored, 0, "spec", "minReadySeconds"), old: stored, exposure: alb, namespace: enforce}.evaluate(t).object
	for name, author := range map[string]string{
		"with the next rollout": rolled(t, stored),
		"as ours must give way": put(t, stored, 21, "spec", "progressDeadlineSeconds"),
	} {
		m := write{new: author, old: stored, exposure: alb}.evaluate(t)
		if got := m.value(t, workload.MinReadySeconds); got != "0" {
			t.Errorf("%s: minReadySeconds %s", name, got)
		}
		if again := (write{new: m.object, old: stored, exposure: alb}).evaluate(t); len(again.Changes) > 0 {
			t.Errorf("%s: called again with its own answer: %+v", name, again.Changes)
		}
	}
}
