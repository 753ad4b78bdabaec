package apiserver

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/install"
)

// shop is one namespace with the example in it.
type shop struct {
	t    *testing.T
	name string
}

// annotations are those of the contract's example.
const annotations = `
    rollguard.io/readiness-path: /test
    rollguard.io/startup-path: /__health
    rollguard.io/readiness-timeout: 1s
    rollguard.io/startup-timeout: 1s
    rollguard.io/startup-period: 10s
    rollguard.io/startup-failure-threshold: "3"`

// newShop makes a namespace of its own for the test, labelled or not, with an ALB
// Ingress in front of the Service web.
func newShop(t *testing.T, labels, annotations string) *shop {
	t.Helper()
	name := strings.Trim(strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, t.Name())), "-")
	s := &shop{t: t, name: fmt.Sprintf("%.20s-%d", name, time.Now().UnixNano()%1_000_000)}
	s.kubectl(fmt.Sprintf(surroundings, s.name, labels, annotations), "apply", "-f", "-")
	return s
}

const enabled = `{"rollguard.io/inject": "enabled"}`

const surroundings = `
apiVersion: v1
kind: Namespace
metadata:
  name: %[1]s
  labels: %[2]s
  annotations:%[3]s
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: alb}
spec: {controller: ingress.k8s.aws/alb}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: %[1]s}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: %[1]s
  annotations: {alb.ingress.kubernetes.io/target-type: ip}
spec:
  ingressClassName: alb
  rules:
  - http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
`

// bare is the Deployment as a developer writes it.
func (s *shop) bare() string { return s.deployment("", "") }

func (s *shop) deployment(metadata, container string) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: %s
  %s
spec:
  replicas: 8
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: registry.example/web:1
        ports: [{name: http, containerPort: 8080}]
        %s
`, s.name, metadata, container)
}

func (s *shop) kubectl(stdin string, args ...string) install.Output {
	s.t.Helper()
	out, err := install.Kubectl(s.t.Context(), world.plane, []byte(stdin), args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *shop) get() *appsv1.Deployment {
	s.t.Helper()
	d, err := world.clients.AppsV1().Deployments(s.name).Get(s.t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// label opts the namespace in and waits until the webhook has seen it.
func (s *shop) label() {
	s.t.Helper()
	s.kubectl("", "label", "namespace", s.name, "rollguard.io/inject=enabled")
	s.waitForPolicy("rollguard.io/injected")
}

// waitForPolicy waits until a dry run of another Deployment shows a text: the
// webhook has then seen what was done to the namespace.
func (s *shop) waitForPolicy(text string) {
	s.t.Helper()
	probe := strings.Replace(s.bare(), "name: web", "name: probe", 1)
	eventually(s.t, fmt.Sprintf("the webhook shows %q in namespace %s", text, s.name), func(context.Context) bool {
		out := s.kubectl(probe, "create", "--dry-run=server", "-o", "yaml", "-f", "-")
		return strings.Contains(out.Stdout, text)
	})
}

// sameTemplate fails unless the stored Pod template is what it was.
func (s *shop) sameTemplate(before *appsv1.Deployment, what string) *appsv1.Deployment {
	s.t.Helper()
	after := s.get()
	if diff := cmp.Diff(before.Spec.Template, after.Spec.Template); diff != "" {
		s.t.Errorf("%s changed the Pod template, which starts a rollout (-before +after):\n%s", what, diff)
	}
	return after
}
