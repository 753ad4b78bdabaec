package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// guarded is bare after it was created behind a Service with the careful profile:
// careful, so that the grace period (40) is none of the API's defaults.
func guarded(t testing.TB) string {
	t.Helper()
	return write{namespace: careful}.evaluate(t).object
}

var careful = map[string]string{"profile": "careful"}

// sameTemplate fails unless the result's template is the stored one.
func sameTemplate(t *testing.T, m made, stored string) {
	t.Helper()
	if !workload.SameTemplate(read(t, m.object), read(t, stored)) {
		t.Errorf("a rollout would start:\n%s", cmp.Diff(read(t, stored).Raw().Get("spec", "template").String(), read(t, m.object).Raw().Get("spec", "template").String()))
	}
}

func TestACreateEvaluatesEverything(t *testing.T) {
	m := write{}.evaluate(t)
	if m.Trigger != policy.Created {
		t.Errorf("trigger %s", m.Trigger)
	}
	want := []string{"MaxUnavailableSet", "StartupProbeAdded", "ReadinessProbeAdded", "PreStopSleepAdded"}
	if diff := cmp.Diff(want, m.codes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAPutOfTheBareManifestRestoresTheStoredTemplate(t *testing.T) {
	for name, tc := range map[string]struct {
		change    func(string) string
		namespace map[string]string
	}{
		"and nothing else is changed":       {func(s string) string { return s }, careful},
		"the grace period being left out":   {func(s string) string { return inPod(t, s, nil, "terminationGracePeriodSeconds") }, careful},
		"an empty lifecycle being written":  {func(s string) string { return inContainer(t, s, map[string]any{}, "lifecycle") }, careful},
		"other replicas being asked for":    {func(s string) string { return put(t, s, 9, "spec", "replicas") }, careful},
		"though the policy has changed":     {func(s string) string { return s }, map[string]string{"readiness-path": "/new"}},
		"though nothing is wanted now":      {func(s string) string { return s }, map[string]string{"exposure": "none"}},
		"a corrupt record being sent along": {func(s string) string { return annotate(t, s, "injected", "{") }, careful},
	} {
		t.Run(name, func(t *testing.T) {
			stored := guarded(t)
			m := write{new: tc.change(bare), old: stored, namespace: tc.namespace}.evaluate(t)
			if m.Trigger != policy.FieldsDropped {
				t.Errorf("trigger %s", m.Trigger)
			}
			if !slices.Contains(m.codes(), string(policy.Restored)) {
				t.Errorf("findings %s", m.codes())
			}
			sameTemplate(t, m, stored)
			again := write{new: m.object, old: stored, namespace: tc.namespace}.evaluate(t)
			if again.object != m.object {
				t.Errorf("a second pass changes the object:\n%s", cmp.Diff(m.object, again.object))
			}
		})
	}
}

func TestAnEmptyLifecycleStartsNoRollout(t *testing.T) {
	empty := inContainer(t, bare, map[string]any{}, "lifecycle")
	hooked := inContainer(t, guarded(t), map[string]any{}, "lifecycle")
	for name, tc := range map[string]struct{ stored, sent string }{
		"being written where there is none":            {bare, empty},
		"being left out where there is one":            {empty, bare},
		"being written once more":                      {empty, empty},
		"being left out beside what else is ours":      {hooked, bare},
		"having our hook in a manifest, and none here": {bare, guarded(t)},
	} {
		for mode, namespace := range map[string]map[string]string{"careful": careful, "exposed by nothing": {"exposure": "none"}} {
			m := write{new: put(t, tc.sent, 9, "spec", "replicas"), old: tc.stored, namespace: namespace}.evaluate(t)
			if !workload.SameTemplate(read(t, m.object), read(t, tc.stored)) {
				t.Errorf("%s, %s, trigger %s:\n%s", name, mode, m.Trigger, cmp.Diff(read(t, tc.stored).Raw().Get("spec", "template").String(), read(t, m.object).Raw().Get("spec", "template").String()))
			}
		}
	}
}

func TestThePutOfTheBareManifestKeepsTheRecord(t *testing.T) {
	stored := guarded(t)
	m := write{new: bare, old: stored, namespace: careful}.evaluate(t)
	sameRecord(t, m, stored)
}

func TestAPutThatDropsOneFieldGetsItBack(t *testing.T) {
	stored := guarded(t)
	for _, field := range []string{"lifecycle", "readinessProbe", "startupProbe"} {
		m := write{new: inContainer(t, stored, nil, field), old: stored, namespace: careful}.evaluate(t)
		if m.Trigger != policy.FieldsDropped {
			t.Errorf("%s: trigger %s", field, m.Trigger)
		}
		sameTemplate(t, m, stored)
	}
}

func TestAWriteThatLeavesTheTemplateKeepsIt(t *testing.T) {
	replicas := func(s string) string { return put(t, s, 3, "spec", "replicas") }
	for name, tc := range map[string]struct {
		change    func(string) string
		namespace map[string]string
	}{
		"scaling":                            {replicas, careful},
		"pausing":                            {func(s string) string { return put(t, s, true, "spec", "paused") }, careful},
		"scaling under another profile":      {replicas, map[string]string{"profile": "standard"}},
		"scaling when nothing is wanted now": {replicas, map[string]string{"exposure": "none"}},
		"asking for something by annotation": {func(s string) string { return annotate(t, s, "readiness-path", "/new") }, careful},
		"dropping the record":                {func(s string) string { return put(t, s, nil, "metadata", "annotations", "rollguard.io/injected") }, careful},
		"corrupting the record":              {func(s string) string { return annotate(t, s, "injected", "[1") }, careful},
		"opting in by label":                 {func(s string) string { return put(t, s, "enabled", "metadata", "labels", "rollguard.io/inject") }, careful},
	} {
		t.Run(name, func(t *testing.T) {
			stored := guarded(t)
			m := write{new: tc.change(stored), old: stored, namespace: tc.namespace}.evaluate(t)
			if m.Trigger != policy.TemplateKept {
				t.Errorf("trigger %s", m.Trigger)
			}
			sameTemplate(t, m, stored)
		})
	}
}

func TestARecordThatIsDroppedComesBack(t *testing.T) {
	stored := guarded(t)
	dropped := put(t, stored, nil, "metadata", "annotations", "rollguard.io/injected")
	m := write{new: dropped, old: stored, namespace: careful}.evaluate(t)
	sameRecord(t, m, stored)
}

// sameRecord compares records by what they say: the order of keys is that of the
// object which they were read from.
func sameRecord(t *testing.T, m made, stored string) {
	t.Helper()
	const key = "rollguard.io/injected"
	want, got := read(t, stored).Annotations[key], read(t, m.object).Annotations[key]
	if got == "" || !workload.Equal(fastjson.MustParse(want), fastjson.MustParse(got)) {
		t.Errorf("-want +got:\n%s", cmp.Diff(want, got))
	}
}

func TestTheStrategyFollowsThePolicyWhileTheTemplateWaits(t *testing.T) {
	stored := guarded(t)
	m := write{new: put(t, stored, 3, "spec", "replicas"), old: stored, namespace: map[string]string{"profile": "standard", "max-surge": "2", "min-ready": "9s"}}.evaluate(t)
	if got := m.value(t, workload.MaxSurge) + " " + m.value(t, workload.MinReadySeconds); got != "2 9" {
		t.Errorf("maxSurge and minReadySeconds: %s", got)
	}
	sameTemplate(t, m, stored)
	if m.found(policy.PendingRollout) == nil {
		t.Errorf("findings %s", m.codes())
	}
}

func TestAnUnguardedTemplateWaitsForItsNextRollout(t *testing.T) {
	m := write{new: put(t, bare, 9, "spec", "replicas"), old: bare}.evaluate(t)
	sameTemplate(t, m, bare)
	if got := m.value(t, workload.MaxUnavailable); got != "0" {
		t.Errorf("maxUnavailable %s", got)
	}
	if diff := cmp.Diff([]string{"PendingRollout", "MaxUnavailableSet"}, m.codes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnUnrelatedWriteChangesNothing(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"nothing at all":        func(s string) string { return s },
		"a label":               func(s string) string { return put(t, s, "x", "metadata", "labels", "team") },
		"another tool's remark": func(s string) string { return put(t, s, "x", "metadata", "annotations", "example.com/note") },
		"a finalizer":           func(s string) string { return put(t, s, []string{"x"}, "metadata", "finalizers") },
		"the status":            func(s string) string { return put(t, s, 7, "status", "replicas") },
	} {
		for _, stored := range []string{bare, guarded(t)} {
			m := write{new: change(stored), old: stored}.evaluate(t)
			if m.Trigger != policy.Unrelated || len(m.Findings) > 0 || len(m.Changes) > 0 {
				t.Errorf("%s: trigger %s, findings %s", name, m.Trigger, m.codes())
			}
			if places, err := m.Places(read(t, stored)); err != nil || len(places) > 0 {
				t.Errorf("%s: places %v, error %v", name, places, err)
			}
		}
	}
}

func TestAChangedTemplateEvaluatesEverything(t *testing.T) {
	m := write{new: inContainer(t, bare, "app:2", "image"), old: bare}.evaluate(t)
	if m.Trigger != policy.TemplateChanged || m.found(policy.PreStopSleepAdded) == nil {
		t.Errorf("trigger %s, findings %s", m.Trigger, m.codes())
	}
}

func TestWhatIsWrittenWhilePausedIsCompletedAsAnyOther(t *testing.T) {
	paused := put(t, bare, true, "spec", "paused")
	m := write{new: inContainer(t, paused, "app:2", "image"), old: paused}.evaluate(t)
	if m.Trigger != policy.TemplateChanged || m.value(t, workload.PreStop("app")) == "" {
		t.Errorf("trigger %s, findings %s", m.Trigger, m.codes())
	}
}

func TestRolloutImmediateCompletesTheTemplateOnAnyWriteOfTheSpec(t *testing.T) {
	immediate := map[string]string{"rollout": "immediate"}
	m := write{new: put(t, bare, 9, "spec", "replicas"), old: bare, namespace: immediate}.evaluate(t)
	if m.Trigger != policy.TemplateChanged || m.value(t, workload.PreStop("app")) != `{"sleep":{"seconds":20}}` {
		t.Errorf("trigger %s, findings %s", m.Trigger, m.codes())
	}
	bareAgain := write{new: bare, old: guarded(t), namespace: immediate}.evaluate(t)
	if got := bareAgain.value(t, workload.PreStop("app")); got != `{"sleep":{"seconds":20}}` {
		t.Errorf("the bare manifest gets the old hook %s", got)
	}
}

func TestSomeDeploymentsAreLeftAlone(t *testing.T) {
	owned := put(t, bare, []any{map[string]any{"kind": "App", "name": "web", "controller": true}}, "metadata", "ownerReferences")
	for name, tc := range map[string]struct {
		object string
		want   policy.Trigger
		codes  []string
	}{
		"one that is being deleted":             {put(t, bare, "2026-01-01T00:00:00Z", "metadata", "deletionTimestamp"), policy.LeftAlone, []string{}},
		"one that opted out by label":           {put(t, bare, "disabled", "metadata", "labels", "rollguard.io/inject"), policy.LeftAlone, []string{}},
		"one that a controller owns":            {owned, policy.LeftAlone, []string{"OwnedByController"}},
		"but not one that is owned and mutated": {annotate(t, owned, "owned", "mutate"), policy.Created, []string{"MaxUnavailableSet", "StartupProbeAdded", "ReadinessProbeAdded", "PreStopSleepAdded"}},
	} {
		m := write{new: tc.object}.evaluate(t)
		if m.Trigger != tc.want {
			t.Errorf("%s: trigger %s", name, m.Trigger)
		}
		if diff := cmp.Diff(tc.codes, m.codes()); diff != "" {
			t.Errorf("%s, -want +got:\n%s", name, diff)
		}
		if tc.want == policy.LeftAlone && m.object != read(t, tc.object).Raw().String() {
			t.Errorf("%s is changed: %s", name, m.object)
		}
	}
}

func TestALeftoverOfOursNeverMakesAWriteInvalid(t *testing.T) {
	stored := write{namespace: map[string]string{"min-ready": "25s"}}.evaluate(t).object
	shorter := put(t, stored, 20, "spec", "progressDeadlineSeconds")
	m := write{new: shorter, old: stored}.evaluate(t)
	if m.Trigger != policy.TemplateKept {
		t.Fatalf("trigger %s", m.Trigger)
	}
	if d := read(t, m.object); d.MinReadySeconds >= d.ProgressDeadlineSeconds {
		t.Errorf("minReadySeconds %d, progressDeadlineSeconds %d: the API server would refuse this", d.MinReadySeconds, d.ProgressDeadlineSeconds)
	}
}

func TestWhatIsKeptUntilTheNextRolloutStaysRecorded(t *testing.T) {
	stored := write{namespace: map[string]string{"min-ready": "25s"}}.evaluate(t).object
	paused := write{new: put(t, stored, true, "spec", "paused"), old: stored, namespace: map[string]string{"exposure": "none"}}.evaluate(t)
	sameRecord(t, paused, stored)
	gone := write{new: put(t, paused.object, "x:2", "spec", "template", "metadata", "labels", "version"), old: paused.object, namespace: map[string]string{"exposure": "none"}}.evaluate(t)
	if d := read(t, gone.object); d.MinReadySeconds != 0 || d.Strategy.MaxUnavailable.String() != "25%" {
		t.Errorf("minReadySeconds %d, maxUnavailable %s are still there", d.MinReadySeconds, d.Strategy.MaxUnavailable.String())
	}
}

// A maxSurge of 0 beside our maxUnavailable of 0 would be refused: ours gives way, also
// when the template does not change and where the rule is told to keep out.
func TestOurMaxUnavailableGivesWayToAnAuthorsMaxSurgeOfZero(t *testing.T) {
	stored := guarded(t)
	noSurge := put(t, stored, 0, "spec", "strategy", "rollingUpdate", "maxSurge")
	for _, keep := range []string{"", "strategy"} {
		m := write{new: annotate(t, noSurge, "keep", keep), old: stored, namespace: careful}.evaluate(t)
		if v := m.value(t, workload.MaxUnavailable); v != `"25%"` {
			t.Errorf("keep %q: maxUnavailable %s beside maxSurge 0: the API server would refuse both 0", keep, v)
		}
		sameTemplate(t, m, stored)
	}
}

// The API default written out says nothing new, however often it is applied.
func TestApplyingAnAPIDefaultOverOurValueStartsNoRollout(t *testing.T) {
	stored := guarded(t)
	manifest := put(t, bare, `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":30}}}}`,
		"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	last := stored
	for range 3 {
		m := write{new: manifest, old: last, namespace: map[string]string{"exposure": "none"}}.evaluate(t)
		if m.Trigger != policy.FieldsDropped {
			t.Errorf("trigger %s", m.Trigger)
		}
		sameTemplate(t, m, stored)
		last = m.object
	}
}

// An undo to a revision that differs in nothing but our values changes nothing, and the
// record goes on saying what is there.
func TestAnUndoToOtherValuesOfOursKeepsTheRecordTrue(t *testing.T) {
	older, stored := guarded(t), write{namespace: map[string]string{"pre-stop-sleep": "60s"}}.evaluate(t).object
	m := write{new: older, old: stored}.evaluate(t)
	sameTemplate(t, m, stored)
	sameRecord(t, m, stored)
}

// last-applied stays when an undo brings an older template back. A hook in it that is
// not there any more does not make ours the author's.
func TestAStaleLastAppliedClaimsNothing(t *testing.T) {
	stored := guarded(t)
	applied := `{"spec":{"template":{"spec":{"containers":[{"name":"app","lifecycle":{"preStop":{"exec":{"command":["/drain"]}}}}]}}}}`
	stale := put(t, stored, applied, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	m := write{new: put(t, stale, "app:2", "spec", "template", "spec", "containers", 0, "image"), old: stale, namespace: careful}.evaluate(t)
	sameRecord(t, m, stored)
}

// An empty lifecycle and none are the same to everybody, be anything ours or not. Else
// a webhook that is called again decides otherwise.
func TestAnEmptyLifecycleChangesNothingWhereNothingIsOurs(t *testing.T) {
	m := write{new: inContainer(t, bare, map[string]any{}, "lifecycle"), old: bare}.evaluate(t)
	if m.Trigger != policy.FieldsDropped {
		t.Errorf("trigger %s", m.Trigger)
	}
	if again := (write{new: m.object, old: bare}).evaluate(t); again.object != m.object {
		t.Errorf("called again, it makes something else of it:\n%s", cmp.Diff(m.object, again.object))
	}
}

// An undo from a bare template, stored while Rollguard was absent, to one of ours.
func TestWhatAnUndoBringsAlongOfOursGoesToTheLast(t *testing.T) {
	m := write{new: guarded(t), old: bare, namespace: careful}.evaluate(t)
	if m.Trigger != policy.FieldsDropped {
		t.Errorf("trigger %s", m.Trigger)
	}
	if grace := m.value(t, workload.GracePeriod); grace != "30" {
		t.Errorf("grace period %s, and 30 is stored", grace)
	}
	if again := (write{new: m.object, old: bare, namespace: careful}).evaluate(t); again.object != m.object {
		t.Errorf("called again, it makes something else of it:\n%s", cmp.Diff(m.object, again.object))
	}
}
