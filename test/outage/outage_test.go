package outage

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// shop is a namespace with a Service, in front of a Deployment to come.
const shop = `
apiVersion: v1
kind: Namespace
metadata:
  name: %[1]s
  labels: {rollguard.io/inject: enabled}
  annotations: {rollguard.io/repair: %[2]s}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rollguard-repair, namespace: %[1]s}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: rollguard-repair}
subjects: [{kind: ServiceAccount, name: rollguard, namespace: rollguard}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: %[1]s}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
`

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: %s}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: app, image: "registry.example/web:1", ports: [{containerPort: 8080}]}]
`

func get(t *testing.T, namespace string) *appsv1.Deployment {
	t.Helper()
	d, err := world.clients.AppsV1().Deployments(namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// reports counts the Events of a namespace about something unguarded.
func reports(ctx context.Context, t *testing.T, namespace string) int {
	t.Helper()
	list, err := world.clients.EventsV1().Events(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range list.Items {
		if e.Reason == "RollguardUnguarded" {
			n++
		}
	}
	return n
}

// away are the ways in which a webhook may be away, and come back.
func away() map[string]struct{ leave, back func(*webhook) } {
	return map[string]struct{ leave, back func(*webhook) }{
		"stopped": {func(w *webhook) { w.stop() }, func(w *webhook) { w.start() }},
		"without its configuration": {
			func(w *webhook) {
				kubectl(w.t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
				w.finds("configuration-missing")
			},
			func(w *webhook) { w.configure(); w.works() },
		},
	}
}

func TestAWriteDuringAnOutageIsFoundReportedOnceAndRepairedAsAsked(t *testing.T) {
	w := newWebhook(t)
	for name, how := range away() {
		for _, repair := range []string{"report", "strategy"} {
			t.Run(name+", with "+repair, func(t *testing.T) {
				namespace := fmt.Sprintf("%.4s-%s", name, repair)
				kubectl(t, fmt.Sprintf(shop, namespace, repair), "apply", "-f", "-")
				how.leave(w)
				kubectl(t, fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
				before := get(t, namespace)
				if before.Annotations["rollguard.io/injected"] != "" {
					t.Fatal("the webhook was not away")
				}
				how.back(w)
				eventually(t, "it is reported", func(ctx context.Context) bool { return reports(ctx, t, namespace) > 0 })
				if repair == "strategy" {
					eventually(t, "its strategy is repaired", func(context.Context) bool {
						return get(t, namespace).Spec.Strategy.RollingUpdate.MaxUnavailable.String() == "0"
					})
				}
				after := get(t, namespace)
				if diff := cmp.Diff(before.Spec.Template, after.Spec.Template); diff != "" {
					t.Errorf("a rollout was started:\n%s", diff)
				}
				if repair == "report" && before.ResourceVersion != after.ResourceVersion {
					t.Error("the Deployment was written unasked")
				}
			})
		}
	}
}

func TestAReportIsNotMadeAgainAfterARestart(t *testing.T) {
	w := newWebhook(t)
	const namespace = "restart"
	w.stop()
	kubectl(t, fmt.Sprintf(shop, namespace, "report")+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
	for range 3 {
		w.start()
		eventually(t, "the Deployments are counted", func(ctx context.Context) bool {
			return strings.Contains(w.metrics(ctx), `rollguard_deployments{exposure="service",state="unguarded"}`) &&
				!strings.Contains(w.metrics(ctx), `rollguard_deployments{exposure="service",state="unguarded"} 0`)
		})
		eventually(t, "it is reported", func(ctx context.Context) bool { return reports(ctx, t, namespace) > 0 })
		w.stop()
	}
	if n := reports(t.Context(), t, namespace); n != 1 {
		t.Errorf("reported %d times", n)
	}
}
