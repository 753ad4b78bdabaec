package outage

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"
)

// counted returns when the running webhook counts so many Deployments as unguarded.
func (w *webhook) counted(n int) {
	w.t.Helper()
	eventually(w.t, fmt.Sprintf("%d Deployments are unguarded", n), func(ctx context.Context) bool {
		return strings.Contains(w.metrics(ctx), fmt.Sprintf(`rollguard_deployments{exposure="service",state="unguarded"} %d`, n))
	})
}

// No controller ends the deletion here, so the namespace stays as it is for a moment
// elsewhere: with Deployments in it, and closed for Events.
func TestADeletedNamespaceIsNoNewsInTheLog(t *testing.T) {
	kubectl(t, "", "label", "namespace", "rollguard.io/inject-", "--selector=kubernetes.io/metadata.name!=rollguard-probe")
	const namespace = "leaving"
	w := newWebhook(t)
	w.counted(0)
	kubectl(t, strings.Replace(fmt.Sprintf(shop, namespace, "report"), "rollguard.io/inject: enabled", "a: b", 1), "apply", "-f", "-")
	kubectl(t, fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	kubectl(t, "", "delete", "namespace", namespace, "--wait=false")
	kubectl(t, "", "label", "namespace", namespace, "rollguard.io/inject=enabled")
	w.counted(1)
	w.stop()
	if n := reports(t.Context(), t, namespace); n != 0 {
		t.Errorf("%d Events were written, so the namespace was not closed for them", n)
	}
	for _, e := range w.log.FilterLoggerName("posture").All() {
		if e.Level >= zap.WarnLevel {
			t.Errorf("%s: %v", e.Message, e.ContextMap())
		}
	}
}
