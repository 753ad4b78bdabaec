package apiserver

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/fixtures"
)

// Thirty varied Deployments in a namespace with mode audit are stored as Kubernetes
// itself stores them.
func TestAuditStoresThirtyVariedDeploymentsUntouched(t *testing.T) {
	audited := newShop(t, enabled, "\n    rollguard.io/mode: audit")
	plain := newShop(t, "{}", " {}")
	warned, stored := 0, 0
	for _, c := range fixtures.Load(t) {
		d := c.Of("Deployment")[0]
		if strings.Contains(string(d.JSON), "rollguard.io/") || stored == 30 {
			continue
		}
		manifest := strings.Replace(string(d.JSON), fmt.Sprintf("%q:%q", "name", d.Name), fmt.Sprintf("%q:%q", "name", fmt.Sprintf("d-%d", stored)), 1)
		manifest = strings.ReplaceAll(manifest, `"namespace":"`+d.Namespace+`"`, `"namespace":"NAMESPACE"`)
		out := audited.kubectl(strings.ReplaceAll(manifest, "NAMESPACE", audited.name), "create", "-f", "-")
		plain.kubectl(strings.ReplaceAll(manifest, "NAMESPACE", plain.name), "create", "-f", "-")
		for _, w := range out.Warnings() {
			if strings.Contains(w, "(audit only) would make rollouts safe") {
				warned++
			}
		}
		stored++
	}
	if stored != 30 {
		t.Fatalf("only %d Deployments", stored)
	}
	if warned == 0 {
		t.Error("no warning says what fill would do")
	}
	if diff := cmp.Diff(specs(t, plain), specs(t, audited)); diff != "" {
		t.Errorf("without Rollguard (-) and with mode audit (+):\n%s", diff)
	}
}

func specs(t *testing.T, s *shop) map[string]any {
	t.Helper()
	list, err := world.clients.AppsV1().Deployments(s.name).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for i := range list.Items {
		d := &list.Items[i]
		out[d.Name] = []any{d.Spec, d.Annotations, d.Labels}
	}
	return out
}
