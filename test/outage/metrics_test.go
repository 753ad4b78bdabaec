package outage

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// value is that of a metric without labels, -1 where it is not there.
func (w *webhook) value(ctx context.Context, name string) float64 {
	for line := range strings.Lines(w.metrics(ctx)) {
		if text, ok := strings.CutPrefix(line, name+" "); ok {
			if v, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
				return v
			}
		}
	}
	return -1
}

// becomes returns when a metric has the value.
func (w *webhook) becomes(name string, want float64) {
	w.t.Helper()
	eventually(w.t, fmt.Sprintf("%s is %v", name, want), func(ctx context.Context) bool { return w.value(ctx, name) == want })
}

// The self-probe creates, so that it is well where nobody is called for updates.
func TestAnAlterationThatTheSelfProbeDoesNotSufferFromIsCounted(t *testing.T) {
	const differences = "rollguard_webhook_configuration_differences"
	w := newWebhookThatLooks(t, time.Hour)
	w.works()
	before := w.value(t.Context(), differences) // the address is not the manifest's
	kubectl(t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p",
		`[{"op":"replace","path":"/webhooks/0/rules/0/operations","value":["CREATE"]}]`)
	w.becomes(differences, before+1)
	w.finds("ok")
	w.configure()
	w.becomes(differences, before)
}

func TestWithoutItsLeaseNoReplicaLeads(t *testing.T) {
	const leader = "rollguard_posture_leader"
	w := newWebhook(t)
	w.becomes(leader, 1)
	kubectl(t, "", "delete", "lease", "rollguard", "-n", "rollguard")
	w.becomes(leader, 0)
	w.configure()
	w.becomes(leader, 1)
}

func TestNamespacesThatCannotBeLookedAtAreCounted(t *testing.T) {
	const unread, namespace = "rollguard_posture_unread_namespaces", "unread"
	w := newWebhook(t)
	w.works()
	role, err := world.clients.RbacV1().ClusterRoles().Get(t.Context(), "rollguard", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.configure()
	for i := range role.Rules {
		if role.Rules[i].Resources[0] == "deployments" {
			role.Rules[i].Verbs = []string{"get"}
		}
	}
	if _, err := world.clients.RbacV1().ClusterRoles().Update(t.Context(), role, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	disable(t, namespace)
	kubectl(t, fmt.Sprintf(shop, namespace, "report")+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	defer kubectl(t, "", "delete", "deployment", "web", "-n", namespace) // others count those
	eventually(t, "it is counted", func(ctx context.Context) bool { return w.value(ctx, unread) > 0 })
	w.configure()
	w.becomes(unread, 0)
}
