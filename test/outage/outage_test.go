package outage

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
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
		"unreachable": {
			func(w *webhook) {
				closed, err := install.FreeAddresses() // nobody listens there
				if err != nil {
					w.t.Fatal(err)
				}
				kubectl(w.t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", fmt.Sprintf(jsonPatchURL, closed.URL()))
				w.finds("unreachable")
			},
			func(w *webhook) { w.configure(); w.works() },
		},
		"expired, its certificate": {expire, func(w *webhook) {
			kubectl(w.t, "", "delete", "mutatingwebhookconfiguration", "rollguard")
			w.configure()
			w.stop()
			w.start()
		}},
	}
}

// expire has the webhook serve a certificate that API servers trusted until a moment ago.
func expire(w *webhook) {
	w.t.Helper()
	w.stop()
	made := time.Now().Add(-2 * time.Hour)
	ca, err := certs.NewAuthority(made, 24*time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	leaf, err := certs.IssueLeaf(ca, certs.LeafRequest{Now: made, Life: time.Hour, DNSNames: []string{"localhost"}})
	if err != nil {
		w.t.Fatal(err)
	}
	dir := w.t.TempDir()
	c := server.Certificates{CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key"), DNSNames: []string{"localhost"}}
	for path, data := range map[string][]byte{c.CertFile: leaf.CertPEM, c.KeyFile: leaf.KeyPEM} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	bundle := base64.StdEncoding.EncodeToString(ca.CertPEM)
	kubectl(w.t, "", "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p", fmt.Sprintf(
		`[{"op":"replace","path":"/webhooks/0/clientConfig/caBundle","value":%[1]q},{"op":"replace","path":"/webhooks/1/clientConfig/caBundle","value":%[1]q}]`, bundle))
	w.run(c)
	w.finds("certificate-refused")
	if by, code := points(w.t); code != 1 || !strings.Contains(by["admission"], "expired") {
		w.t.Errorf("check ended with %d and said %q", code, by["admission"])
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
