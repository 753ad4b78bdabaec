package policy_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// rolled writes a new image over a stored object.
func rolled(t *testing.T, stored string) string { return inContainer(t, stored, "app:2", "image") }

func TestStaleValuesFollowAChangedPolicyAtTheNextRollout(t *testing.T) {
	stored := guarded(t)
	m := write{new: rolled(t, stored), old: stored, namespace: map[string]string{"readiness-path": "/new"}}.evaluate(t)
	for p, want := range map[workload.Path]string{
		workload.PreStop("app"): `{"sleep":{"seconds":20}}`,
		workload.GracePeriod:    `30`,
	} {
		if got := m.value(t, p); got != want {
			t.Errorf("%s is %s, want %s", p, got, want)
		}
	}
	if got := m.value(t, workload.ReadinessProbe("app")); !strings.Contains(got, `"/new"`) {
		t.Errorf("readiness probe %s", got)
	}
}

func TestWhatNoRuleCallsForAnyMoreGoesAwayAtTheNextRollout(t *testing.T) {
	stored := guarded(t)
	m := write{new: rolled(t, stored), old: stored, noExposure: true}.evaluate(t)
	for p, want := range map[workload.Path]string{
		workload.MaxUnavailable: `"25%"`, workload.GracePeriod: `30`,
		workload.PreStop("app"): "", workload.ReadinessProbe("app"): "", workload.StartupProbe("app"): "",
	} {
		if got := m.value(t, p); got != want {
			t.Errorf("%s is %s, want %s", p, got, want)
		}
	}
	if record, ok := read(t, m.object).Annotations["rollguard.io/injected"]; ok {
		t.Errorf("record %s", record)
	}
}

func TestAnAuthorsOwnValueTakesOver(t *testing.T) {
	stored := guarded(t)
	own := inContainer(t, stored, hook(`{"exec":{"command":["/drain"]}}`), "lifecycle")
	own = inPod(t, own, 77, "terminationGracePeriodSeconds")
	m := write{new: own, old: stored, namespace: careful}.evaluate(t)
	if got := m.value(t, workload.PreStop("app")); got != `{"exec":{"command":["/drain"]}}` {
		t.Errorf("hook %s", got)
	}
	if got := m.value(t, workload.GracePeriod); got != "77" {
		t.Errorf("grace period %s", got)
	}
	record := read(t, m.object).Annotations["rollguard.io/injected"]
	for _, p := range []workload.Path{workload.PreStop("app"), workload.GracePeriod} {
		if strings.Contains(record, string(p)) {
			t.Errorf("the record still claims %s: %s", p, record)
		}
	}
}

func TestWhatAnAuthorsOwnValuesLeanOnStays(t *testing.T) {
	stored := write{namespace: map[string]string{"profile": "careful", "startup-budget": "650s"}}.evaluate(t).object
	own := inContainer(t, put(t, stored, 605, "spec", "minReadySeconds"), hook(`{"sleep":{"seconds":35}}`), "lifecycle")
	m := write{new: rolled(t, own), old: stored, noExposure: true}.evaluate(t)
	for p, want := range map[workload.Path]string{workload.GracePeriod: "40", workload.ProgressDeadline: "710", workload.ReadinessProbe("app"): ""} {
		if got := m.value(t, p); got != want {
			t.Errorf("%s is %s, want %s", p, got, want)
		}
	}
	gone := put(t, inContainer(t, m.object, nil, "lifecycle"), nil, "spec", "minReadySeconds")
	m = write{new: gone, old: m.object, noExposure: true}.evaluate(t)
	if got := m.value(t, workload.GracePeriod) + " " + m.value(t, workload.ProgressDeadline); got != "30 600" {
		t.Errorf("when they are gone: %s", got)
	}
}

func TestARenamedContainerBringsAlongWhatIsOurs(t *testing.T) {
	for name, stored := range map[string]string{"added by us": guarded(t), "corrected by mode enforce": corrected(t)} {
		renamed := inPod(t, inContainer(t, stored, "web", "name"), 10, "terminationGracePeriodSeconds")
		m := write{new: renamed, old: stored, namespace: careful}.evaluate(t)
		d := read(t, m.object)
		if hook := d.Template.Containers[0].PreStop; hook == nil || hook.Sleep.Seconds > 10 {
			t.Errorf("%s: refused, as it has hook %+v", name, hook)
		}
		if record := d.Annotations["rollguard.io/injected"]; strings.Contains(record, "[app]") {
			t.Errorf("%s: record %s", name, record)
		}
	}
}

func TestContainersThatSwitchPlacesAreNotRenamed(t *testing.T) {
	two := inPod(t, bare, []any{map[string]any{"name": "app", "image": "app:1"}, map[string]any{"name": "log", "image": "log:1"}}, "containers")
	stored := write{new: two, namespace: careful}.evaluate(t).object
	d := read(t, stored)
	if got := read(t, inContainer(t, stored, "log", "name")).Renames(d); got != nil {
		t.Errorf("renames %v", got)
	}
}

func TestAHandEditedRecordProvesNothingThatDoesNotFit(t *testing.T) {
	own := inPod(t, bare, 45, "terminationGracePeriodSeconds")
	own = annotate(t, own, "injected", `{"spec.template.spec.terminationGracePeriodSeconds":40,"spec.replicas":8,"spec.template.spec.containers[app].image":"app:1"}`)
	m := write{new: own, noExposure: true}.evaluate(t)
	if got := m.value(t, workload.GracePeriod); got != "45" {
		t.Errorf("grace period %s", got)
	}
	if d := read(t, m.object); d.Replicas != 8 || !strings.Contains(m.object, "app:1") {
		t.Errorf("a forged path was followed: %s", m.object)
	}
}

func TestACorruptRecordIsReportedAndReplaced(t *testing.T) {
	m := write{new: annotate(t, bare, "injected", "{")}.evaluate(t)
	f := m.found(policy.RecordUnreadable)
	if f == nil || f.Outcome != policy.Skipped {
		t.Errorf("findings %s", m.codes())
	}
	if record := read(t, m.object).Annotations["rollguard.io/injected"]; !strings.Contains(record, `"spec.strategy.rollingUpdate.maxUnavailable":0`) {
		t.Errorf("record %s", record)
	}
}

func TestACorruptRecordOfTheOldObjectIsNobodysFault(t *testing.T) {
	stored := annotate(t, bare, "injected", "{")
	m := write{new: rolled(t, bare), old: stored}.evaluate(t)
	if m.found(policy.RecordUnreadable) != nil || m.Trigger != policy.TemplateChanged {
		t.Errorf("trigger %s, findings %s", m.Trigger, m.codes())
	}
}

func TestTheRecordForgetsAContainerThatIsGone(t *testing.T) {
	stored := guarded(t)
	m := write{new: inContainer(t, stored, "web", "name"), old: stored, namespace: careful}.evaluate(t)
	if m.Trigger != policy.TemplateChanged {
		t.Errorf("trigger %s", m.Trigger)
	}
	if record := read(t, m.object).Annotations["rollguard.io/injected"]; strings.Contains(record, "containers[app]") {
		t.Errorf("record %s", record)
	}
}

func TestAuditWritesNothingAndSaysWhatFillWould(t *testing.T) {
	fill := write{}.evaluate(t)
	audit := write{namespace: map[string]string{"mode": "audit"}}.evaluate(t)
	if audit.object != read(t, bare).Raw().String() {
		t.Errorf("audit changed the object: %s", audit.object)
	}
	if len(audit.Changes) == 0 || len(audit.Changes) != len(fill.Changes) {
		t.Errorf("audit says %d changes, fill makes %d", len(audit.Changes), len(fill.Changes))
	}
}
