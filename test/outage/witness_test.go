package outage

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/server"
)

const witnessed = "witness"

// risky is a Deployment whose rollout may lose requests whatever Rollguard adds.
func risky(name string) string {
	return strings.NewReplacer("name: web", "name: "+name, "spec:\n  selector", "spec:\n  strategy: {rollingUpdate: {maxUnavailable: 1}}\n  selector").
		Replace(fmt.Sprintf(deployment, witnessed))
}

// told returns when there is an Event that a Deployment is at risk.
func told(t *testing.T, name string) {
	t.Helper()
	eventually(t, name+" is reported as at risk", func(ctx context.Context) bool {
		list, err := world.clients.EventsV1().Events(witnessed).List(ctx, metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i := range list.Items {
			if e := &list.Items[i]; e.Regarding.Name == name && e.Reason == "RollguardAtRisk" {
				n++
			}
		}
		if n > 1 {
			t.Errorf("%s was reported %d times", name, n)
		}
		return n > 0
	})
}

// holdLease has somebody else lead, or nobody.
func holdLease(t *testing.T, holder string, seconds int) {
	t.Helper()
	kubectl(t, "", "patch", "lease", "rollguard", "-n", "rollguard", "--type=merge", "-p", fmt.Sprintf(
		`{"spec":{"holderIdentity":%q,"leaseDurationSeconds":%d,"renewTime":%q}}`, holder, seconds, time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")))
}

func TestARiskIsReportedByWhicheverReplicaAnsweredAlsoWhenNothingElseChanges(t *testing.T) {
	kubectl(t, "", "label", "namespace", "rollguard.io/inject-", "--selector=kubernetes.io/metadata.name!=rollguard-probe")
	w := newWebhook(t)
	disable(t, witnessed)
	kubectl(t, fmt.Sprintf(shop, witnessed, "report")+"---"+risky("first"), "apply", "-f", "-")
	told(t, "first")
	kubectl(t, risky("second"), "apply", "-f", "-") // the namespace has been looked at
	told(t, "second")

	w.stop()
	holdLease(t, "another", 3600)
	defer holdLease(t, "", 1)
	w.run(server.Certificates{Secret: "rollguard-certificates", DNSNames: []string{"localhost"}})
	defer w.stop()
	eventually(t, "it answers", func(context.Context) bool {
		out := kubectl(t, risky("third"), "create", "--dry-run=server", "-o", "yaml", "-f", "-")
		return strings.Contains(out.Stdout, "rollguard.io/injected")
	})
	kubectl(t, risky("third"), "apply", "-f", "-")
	told(t, "third")
}
