package apiserver

import (
	"context"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const claimOf = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: %s}
spec: {accessModes: [%s], resources: {requests: {storage: 1Gi}}}
`

// mounting is the Deployment with a claim.
func (s *shop) mounting() string {
	return strings.Replace(s.bare(), "    spec:\n", "    spec:\n      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n", 1)
}

// The webhook reads claims with the rights of the shipped manifest.
func TestTheAccessModesOfALiveClaimDecideAboutTheStrategy(t *testing.T) {
	for mode, want := range map[string]string{"ReadWriteMany": "0", "ReadWriteOnce": "25%", "ReadWriteOncePod": "25%"} {
		t.Run(mode, func(t *testing.T) {
			s := newShop(t, enabled, "")
			s.kubectl(fmt.Sprintf(claimOf, s.name, mode), "create", "-f", "-")
			eventually(t, "the webhook knows the claim", func(context.Context) bool {
				out := s.kubectl(s.mounting(), "create", "--dry-run=server", "-f", "-")
				return !strings.Contains(strings.Join(out.Warnings(), "\n"), "is not known")
			})
			out := s.kubectl(s.mounting(), "create", "-f", "-")
			if got := guardedOf(s.get()).MaxUnavailable; got != want {
				t.Errorf("maxUnavailable %s, want %s", got, want)
			}
			if want != "0" {
				wantWarning(t, out.Warnings(), "is "+mode+", so")
			}
		})
	}
}

func TestAClaimThatIsNotThereYetLeavesTheStrategyAlone(t *testing.T) {
	s := newShop(t, enabled, "")
	out := s.kubectl(s.mounting(), "create", "-f", "-")
	wantWarning(t, out.Warnings(), "the access mode of volume claim data is not known")
	if got := guardedOf(s.get()).MaxUnavailable; got != "25%" {
		t.Errorf("maxUnavailable %s", got)
	}
}

// No quota controller runs here, so the test counts in its place.
func TestALiveQuotaThatIsUsedUpIsWarnedOfAndStopsNothing(t *testing.T) {
	s := newShop(t, enabled, "")
	s.kubectl(s.bare(), "create", "-f", "-")
	s.kubectl(fmt.Sprintf("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: compute, namespace: %s}\nspec: {hard: {pods: 8}}", s.name), "create", "-f", "-")
	quotas := world.clients.CoreV1().ResourceQuotas(s.name)
	quota, err := quotas.Get(t.Context(), "compute", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eight := corev1.ResourceList{corev1.ResourcePods: resource.MustParse("8")}
	quota.Status = corev1.ResourceQuotaStatus{Hard: eight, Used: eight}
	if _, err := quotas.UpdateStatus(t.Context(), quota, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	next := strings.Replace(s.bare(), "web:1", "web:2", 1)
	eventually(t, "the webhook warns of the quota", func(context.Context) bool {
		out := s.kubectl(next, "replace", "--dry-run=server", "-f", "-")
		return strings.Contains(strings.Join(out.Warnings(), "\n"), "ResourceQuota compute (pods: 0 left, 1 for each Pod) has no room for a new Pod beside the old ones")
	})
	s.kubectl(next, "replace", "-f", "-")
	if got := guardedOf(s.get()).MaxUnavailable; got != "0" {
		t.Errorf("maxUnavailable %s: a quota of this moment decided about the strategy", got)
	}
}
