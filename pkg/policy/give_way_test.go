package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// An author may write anything that Kubernetes takes; what is ours must not make it
// invalid, whatever the mode says.
func TestWhatIsOursGivesWayInEveryMode(t *testing.T) {
	stored := write{namespace: map[string]string{"min-ready": "25s"}}.evaluate(t).object
	const all = "strategy,startup-probe,readiness-probe,pre-stop,grace-period,min-ready,progress-deadline"
	for name, tc := range map[string]struct{ namespace, deployment map[string]string }{
		"fill":    {},
		"enforce": {namespace: map[string]string{"mode": "enforce"}},
		"audit":   {namespace: map[string]string{"mode": "audit"}},
		"keep":    {deployment: map[string]string{"keep": all}},
		"none":    {namespace: map[string]string{"exposure": "none"}},
	} {
		for what, change := range map[string]func(string) string{
			"a short grace period": func(s string) string { return inPod(t, s, 5, "terminationGracePeriodSeconds") },
			"a short deadline":     func(s string) string { return put(t, s, 10, "spec", "progressDeadlineSeconds") },
			"no surge":             func(s string) string { return put(t, s, 0, "spec", "strategy", "rollingUpdate", "maxSurge") },
		} {
			t.Run(name+", "+what, func(t *testing.T) {
				author := change(stored)
				for key, value := range tc.deployment {
					author = annotate(t, author, key, value)
				}
				m := write{new: author, old: stored, namespace: tc.namespace}.evaluate(t)
				if err := policy.Verify(read(t, bare), read(t, m.object)); err != nil {
					t.Errorf("%v\n%s", err, m.object)
				}
			})
		}
	}
}

func TestKeepLeavesWhatWasAddedBefore(t *testing.T) {
	stored := write{}.evaluate(t).object
	author := annotate(t, inContainer(t, stored, "x:2", "image"), "keep", "readiness-probe,pre-stop,strategy")
	m := write{new: author, old: stored, namespace: map[string]string{"readiness-path": "/new"}}.evaluate(t)
	for _, p := range []workload.Path{workload.ReadinessProbe("app"), workload.PreStop("app"), workload.MaxUnavailable} {
		if before, after := read(t, stored).Get(p), read(t, m.object).Get(p); !workload.Equal(before, after) {
			t.Errorf("%s is %s, was %s", p, after, before)
		}
	}
	sameRecord(t, m, stored)
}

// A manifest that Rollguard rendered and its author committed brings all of ours along
// at each apply. When nothing calls for it any more it goes, once, and an apply of the
// same manifest again must not bring it back: that would be a rollout.
func TestACommittedManifestThatIsNoLongerCalledForIsAppliedInPeace(t *testing.T) {
	rendered := write{}.evaluate(t).object
	none := map[string]string{"exposure": "none"}
	next := inContainer(t, rendered, "x:2", "image")
	first := write{new: next, old: rendered, namespace: none}.evaluate(t)
	if v := first.value(t, workload.PreStop("app")); v != "" {
		t.Fatalf("the hook is still there: %s", v)
	}
	again := write{new: next, old: first.object, namespace: none}.evaluate(t)
	sameTemplate(t, again, first.object)
}

func TestMoreContainersThanAnyPodHasAreNotLookedAt(t *testing.T) {
	containers := make([]string, 300)
	for i := range containers {
		containers[i] = fmt.Sprintf(`{"name":"c%d","image":"x"}`, i)
	}
	huge := `{"metadata":{"name":"web"},"spec":{"template":{"spec":{"containers":[` + strings.Join(containers, ",") + `]}}}}`
	m := write{new: huge}.evaluate(t)
	if m.found(policy.TooManyContainers) == nil || m.object != huge {
		t.Errorf("trigger %s, findings %s", m.Trigger, m.codes())
	}
}

func TestARecordThatWouldExceedTheAnnotationLimitIsRefused(t *testing.T) {
	full := put(t, bare, strings.Repeat("x", 262_000), "metadata", "annotations", "note")
	after := annotate(t, full, "injected", strings.Repeat("y", 500))
	if err := policy.Verify(read(t, full), read(t, after)); err == nil {
		t.Error("262,144 bytes of annotations are exceeded, and nobody says so")
	}
}

func TestAnAskedGracePeriodHoldsAnAuthorsOwnSleep(t *testing.T) {
	own := inContainer(t, bare, hook(`{"sleep":{"seconds":40}}`), "lifecycle")
	m := write{new: own, namespace: map[string]string{"grace-period": "20s"}}.evaluate(t)
	if err := policy.Verify(read(t, bare), read(t, m.object)); err != nil {
		t.Error(err)
	}
}
