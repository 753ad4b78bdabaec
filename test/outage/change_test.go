package outage

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/selfprobe"
	"github.com/rollguard/rollguard/test/install"
)

// In these tests the self-probe looks by itself once an hour, so what is seen is seen for
// another reason.

func TestAChangeOfTheConfigurationIsSeenAtOnce(t *testing.T) {
	for name, change := range map[selfprobe.Status][]string{
		selfprobe.Missing: {"delete", "mutatingwebhookconfiguration", "rollguard"},
		selfprobe.Unchanged: {"patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p",
			`[{"op":"replace","path":"/webhooks/0/rules/0/operations","value":["UPDATE"]}]`},
	} {
		t.Run(string(name), func(t *testing.T) {
			w := newWebhookThatLooks(t, time.Hour)
			kubectl(t, "", change...)
			w.finds(string(name))
			w.configure()
			w.works()
		})
	}
}

// disable has the namespace be none of Rollguard's when the test is over: others count those.
func disable(t *testing.T, namespace string) {
	t.Cleanup(func() {
		// The test's own context has ended.
		if _, err := install.Kubectl(context.Background(), world.plane, nil, "label", "namespace", namespace, "rollguard.io/inject-"); err != nil {
			t.Error(err)
		}
	})
}

func TestWhileTheConfigurationIsMissingNoEventSendsAnybodyToRestart(t *testing.T) {
	kubectl(t, "", "label", "namespace", "rollguard.io/inject-", "--selector=kubernetes.io/metadata.name!=rollguard-probe")
	const namespace = "missing"
	w := newWebhookThatLooks(t, time.Hour)
	kubectl(t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
	defer w.configure()
	disable(t, namespace)
	kubectl(t, fmt.Sprintf(shop, namespace, "report")+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	eventually(t, "it is reported", func(ctx context.Context) bool { return reports(ctx, t, namespace) > 0 })
	list, err := world.clients.EventsV1().Events(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list.Items {
		if note := list.Items[i].Note; !strings.Contains(note, "Rollguard was not at work when this was written") {
			t.Errorf("the Event says %q", note)
		}
	}
}
