package policy_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

var enforcing = map[string]string{"mode": "enforce", "profile": "careful"}

// short is bare with a grace period and a sleep that mode enforce does not leave.
func short(t testing.TB, text string) string {
	t.Helper()
	return inContainer(t, inPod(t, text, 15, "terminationGracePeriodSeconds"), hook(`{"sleep":{"seconds":5}}`), "lifecycle")
}

// corrected is short after it was created under mode enforce.
func corrected(t testing.TB) string {
	t.Helper()
	stored := write{new: short(t, bare), namespace: enforcing}.evaluate(t).object
	d := read(t, stored)
	if d.Template.GracePeriodSeconds != 40 || d.Template.Containers[0].PreStop.Sleep.Seconds != 25 {
		t.Fatalf("not corrected: %s", stored)
	}
	return stored
}

func TestWhatModeEnforceCorrectedIsItsAuthorsAgainWithAnotherMode(t *testing.T) {
	stored := corrected(t)
	for name, now := range map[string]map[string]string{"fill": careful, "nothing sends traffic": {"mode": "enforce", "exposure": "none"}} {
		m := write{new: rolled(t, stored), old: stored, namespace: now}.evaluate(t)
		if got := m.value(t, workload.GracePeriod); got != "15" {
			t.Errorf("%s: grace period %s", name, got)
		}
		if got := m.value(t, workload.PreStop("app")); got != `{"sleep":{"seconds":5}}` {
			t.Errorf("%s: hook %s", name, got)
		}
		if record := read(t, m.object).Annotations["rollguard.io/injected"]; strings.Contains(record, "author:") {
			t.Errorf("%s: record %s", name, record)
		}
	}
}

func TestAManifestThatIsWrittenOnceMoreUnderEnforceStartsNoRollout(t *testing.T) {
	stored := corrected(t)
	for name, sent := range map[string]string{"by apply": short(t, stored), "by a PUT of the bare manifest": short(t, bare)} {
		for policyNow, namespace := range map[string]map[string]string{
			"the same policy": enforcing, "another profile": {"mode": "enforce"}, "mode fill": careful, "no exposure": {"mode": "enforce", "exposure": "none"},
		} {
			m := write{new: put(t, sent, 9, "spec", "replicas"), old: stored, namespace: namespace}.evaluate(t)
			if m.Trigger != policy.FieldsDropped {
				t.Errorf("%s, %s: trigger %s", name, policyNow, m.Trigger)
			}
			sameTemplate(t, m, stored)
			if record := read(t, m.object).Annotations["rollguard.io/injected"]; strings.Count(record, "author:spec.template") != 2 {
				t.Errorf("%s, %s: record %s", name, policyNow, record)
			}
		}
	}
}

func TestAnAuthorsNewValueUnderEnforceIsAChangeOfHis(t *testing.T) {
	stored := corrected(t)
	m := write{new: inPod(t, short(t, stored), 77, "terminationGracePeriodSeconds"), old: stored, namespace: enforcing}.evaluate(t)
	if m.Trigger != policy.TemplateChanged || m.value(t, workload.GracePeriod) != "77" {
		t.Errorf("trigger %s, grace period %s", m.Trigger, m.value(t, workload.GracePeriod))
	}
	if record := read(t, m.object).Annotations["rollguard.io/injected"]; strings.Contains(record, string(workload.GracePeriod)) {
		t.Errorf("record %s", record)
	}
}

func TestCalledAgainWithItsOwnAnswerModeEnforceChangesNothing(t *testing.T) {
	guarded := write{namespace: enforcing}.evaluate(t).object
	for name, stored := range map[string]string{"on create": "", "over what was ours": guarded, "over what was corrected": corrected(t)} {
		sent := short(t, bare)
		if stored != "" {
			sent = rolled(t, short(t, stored))
		}
		first := write{new: sent, old: stored, namespace: enforcing}.evaluate(t).object
		if again := (write{new: first, old: stored, namespace: enforcing}.evaluate(t)); again.object != first {
			t.Errorf("%s:\n%s\n%s", name, first, again.object)
		}
	}
}

// applied adds an Apply entry that owns the grace period.
func applied(t testing.TB, text string) string {
	t.Helper()
	owns := map[string]any{"f:spec": map[string]any{"f:template": map[string]any{"f:spec": map[string]any{"f:terminationGracePeriodSeconds": map[string]any{}}}}}
	entry := map[string]any{"manager": "author", "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": owns}
	return put(t, text, []any{entry}, "metadata", "managedFields")
}

func TestADefaultThatIsAppliedAboveOursDoesNotMakeOursTheAuthors(t *testing.T) {
	stored := guarded(t) // with a grace period of 40
	above := write{new: applied(t, inPod(t, stored, 30, "terminationGracePeriodSeconds")), old: stored, namespace: careful}.evaluate(t)
	sameTemplate(t, above, stored)
	patched := write{new: rolled(t, above.object), old: above.object, namespace: careful}.evaluate(t)
	again := inPod(t, patched.object, 30, "terminationGracePeriodSeconds")
	sameTemplate(t, write{new: again, old: patched.object, namespace: careful}.evaluate(t), patched.object)
}

func TestAValueOfOursThatItsAuthorAppliesIsHis(t *testing.T) {
	stored := guarded(t)
	m := write{new: put(t, applied(t, stored), 9, "spec", "replicas"), old: stored, namespace: careful}.evaluate(t)
	sameTemplate(t, m, stored)
	if record := read(t, m.object).Annotations["rollguard.io/injected"]; strings.Contains(record, string(workload.GracePeriod)) {
		t.Errorf("record %s", record)
	}
}
