package policy_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/policy"
)

func mounting(t *testing.T, replicas int) string {
	t.Helper()
	volume := map[string]any{"name": "data", "persistentVolumeClaim": map[string]any{"claimName": "data"}}
	return put(t, inPod(t, bare, []any{volume}, "volumes"), replicas, "spec", "replicas")
}

func claims(s capacity.Sharing) capacity.Room {
	return capacity.Room{Claims: map[string]capacity.Sharing{"data": s}}
}

func TestAVolumeIsInTheWayOfASurgePodWhereOnlyOneMayHaveIt(t *testing.T) {
	for _, tc := range []struct {
		name     string
		sharing  capacity.Sharing
		replicas int
		want     policy.Code
		says     string
	}{
		{"not known", capacity.NotKnown, 3, policy.SurgeMayDeadlock, "is not known"},
		{"not known, one replica", capacity.NotKnown, 1, policy.SurgeMayDeadlock, "is not known"},
		{"one Pod", capacity.OnePod, 1, policy.SurgeMayDeadlock, "ReadWriteOncePod"},
		{"one node, several replicas", capacity.OneNode, 2, policy.SurgeMayDeadlock, "ReadWriteOnce"},
		{"one node, one replica", capacity.OneNode, 1, policy.SurgeNeedsSameNode, "strategy Recreate"},
		{"one node, no replica", capacity.OneNode, 0, "", ""},
		{"many nodes", capacity.ManyNodes, 8, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := write{new: mounting(t, tc.replicas), room: claims(tc.sharing)}.evaluate(t)
			for _, code := range []policy.Code{policy.SurgeMayDeadlock, policy.SurgeNeedsSameNode} {
				f := m.found(code)
				if (f != nil) != (code == tc.want) || f != nil && !strings.Contains(f.Message, tc.says) {
					t.Errorf("%s: %+v", code, f)
				}
			}
			if set := m.found(policy.MaxUnavailableSet) != nil; set == (tc.want == policy.SurgeMayDeadlock) {
				t.Errorf("findings %s", m.codes())
			}
		})
	}
}

// quota is a room with what is left of one quota.
func quota(resourceName corev1.ResourceName, left string) capacity.Room {
	return capacity.Room{Quotas: map[string]capacity.Quota{"compute": {
		Free: map[corev1.ResourceName]resource.Quantity{resourceName: resource.MustParse(left)},
	}}}
}

func TestAQuotaIsComparedWithTheReplicasToComeAndTheSurge(t *testing.T) {
	asking := inContainer(t, bare, map[string]any{"requests": map[string]any{"cpu": "500m"}}, "resources")
	scaled := func(n int) string { return put(t, asking, n, "spec", "replicas") }
	for _, tc := range []struct {
		name     string
		new, old string
		room     capacity.Room
		want     policy.Code
	}{
		{"created, room for replicas and surge", asking, "", quota("requests.cpu", "5"), ""},
		{"created, one short", asking, "", quota("requests.cpu", "4900m"), policy.QuotaSlowsSurge},
		{"created, room for the replicas only", asking, "", quota("requests.cpu", "4"), policy.QuotaBlocksSurge},
		{"written again, room for the surge", asking, asking, quota("requests.cpu", "1"), ""},
		{"written again, one short", asking, asking, quota("requests.cpu", "500m"), policy.QuotaSlowsSurge},
		{"written again, used up", asking, asking, quota("requests.cpu", "0"), policy.QuotaBlocksSurge},
		{"written again, overdrawn", asking, asking, quota("requests.cpu", "-1"), policy.QuotaBlocksSurge},
		{"scaled up beyond it", scaled(10), asking, quota("requests.cpu", "1"), policy.QuotaBlocksSurge},
		{"scaled down", scaled(2), asking, quota("requests.cpu", "500m"), ""},
		{"nothing to run", scaled(0), asking, quota("requests.cpu", "0"), ""},
		{"of something that the Pods do not use", asking, asking, quota("requests.nvidia.com/gpu", "0"), ""},
		{"of Pods", asking, asking, quota("pods", "0"), policy.QuotaBlocksSurge},
		{"an author who lets old Pods go first", put(t, asking, "50%", "spec", "strategy", "rollingUpdate", "maxUnavailable"), asking, quota("pods", "0"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := write{new: inContainer(t, tc.new, "app:2", "image"), old: tc.old, room: tc.room}
			m := w.evaluate(t)
			for _, code := range []policy.Code{policy.QuotaBlocksSurge, policy.QuotaSlowsSurge} {
				if f := m.found(code); (f != nil) != (code == tc.want) {
					t.Errorf("%s: %+v", code, f)
				}
			}
		})
	}
}

func TestOnePodIsSpokenOfAsOne(t *testing.T) {
	asking := inContainer(t, bare, map[string]any{"requests": map[string]any{"cpu": "500m"}}, "resources")
	one := put(t, asking, 1, "spec", "replicas")
	for says, w := range map[string]write{
		"has no room for a new Pod once its replica runs":     {new: one, room: quota("requests.cpu", "500m")},
		"has no room for a new Pod once all 8 replicas run":   {new: asking, room: quota("requests.cpu", "1")},
		"has room for 1 new Pod beside the old ones, and a":   {new: inContainer(t, asking, "app:2", "image"), old: asking, room: quota("requests.cpu", "500m")},
		"take the only Pod away before its replacement is":    {new: put(t, one, 1, "spec", "strategy", "rollingUpdate", "maxUnavailable")},
		"take 1 of 8 Pods away before their replacements are": {new: put(t, asking, 1, "spec", "strategy", "rollingUpdate", "maxUnavailable")},
	} {
		m := w.evaluate(t)
		found := false
		for _, code := range []policy.Code{policy.QuotaBlocksSurge, policy.QuotaSlowsSurge, policy.MaxUnavailableAuthored} {
			if f := m.found(code); f != nil && strings.Contains(f.Message, says) {
				found = true
			}
		}
		if !found {
			t.Errorf("nothing says %q: %s", says, m.codes())
		}
	}
}

func TestTheFirstRolloutStillReplacesUnprotectedPods(t *testing.T) {
	next := func(s string) string { return inContainer(t, s, "app:2", "image") }
	stored := guarded(t)
	for _, tc := range []struct {
		name string
		write
		want bool
	}{
		{"created", write{}, false},
		{"the first rollout", write{new: next(bare), old: bare}, true},
		{"the first rollout, by consent", write{new: annotate(t, bare, "rollout", "immediate"), old: bare}, true},
		{"a write that starts none", write{new: put(t, bare, 3, "spec", "replicas"), old: bare}, false},
		{"the second rollout", write{new: next(stored), old: stored, namespace: careful}, false},
		{"one that is only looked at", write{new: next(bare), old: bare, namespace: map[string]string{"mode": "audit"}}, false},
		{"one without Pods to replace", write{new: next(bare), old: put(t, bare, 0, "spec", "replicas")}, false},
		{"an author who wants no sleep", write{new: annotate(t, next(bare), "keep", "pre-stop"), old: bare}, false},
		{"nothing to lose", write{new: next(bare), old: bare, noExposure: true}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := tc.evaluate(t).found(policy.OldPodsUnguarded)
			if (f != nil) != tc.want {
				t.Fatalf("finding %+v", f)
			}
			if f != nil && f.Outcome != policy.Skipped {
				t.Errorf("a warning about what nobody can change: %+v", f)
			}
		})
	}
}
