package outage

import (
	"context"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// albRoad is an Ingress of a class in front of the Service of a shop.
const albRoad = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: %[1]s, annotations: {alb.ingress.kubernetes.io/target-type: ip}}
spec:
  ingressClassName: %[2]s
  defaultBackend: {service: {name: web, port: {number: 80}}}
`

// TestADeveloperWithTheRoleViewGetsAnAnswer: Kubernetes' own role view lets nobody read
// IngressClasses, as they stand outside of namespaces. That they may not be read is not that
// they do not exist. (The role is collected from system:aggregate-to-view by a controller,
// which does not run here.)
func TestADeveloperWithTheRoleViewGetsAnAnswer(t *testing.T) {
	const usual, named, closed = "usual-class", "named-class", "no-namespace"
	for namespace, class := range map[string]string{usual: "alb", named: "internal", closed: "alb"} {
		kubectl(t, fmt.Sprintf(shop, namespace, "report")+"---"+fmt.Sprintf(albRoad, namespace, class)+"---"+fmt.Sprintf(deployment, namespace), "apply", "-f", "-")
		t.Cleanup(func() {
			if err := world.clients.AppsV1().Deployments(namespace).Delete(context.Background(), "web", metav1.DeleteOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	for _, namespace := range []string{usual, named} {
		kubectl(t, "", "create", "rolebinding", "viewer", "-n", namespace, "--clusterrole=system:aggregate-to-view", "--user=viewer")
	}
	viewer := kubeconfigOf(t, "viewer")
	outside := mayRead(t, "outside", closed, "deployments.apps,services,ingresses.networking.k8s.io")
	const assumed = "IngressClass alb may not be read by you: it is assumed to be the AWS Load Balancer Controller's"
	for name, tc := range map[string]struct {
		kubeconfig     string
		args           []string
		code           int
		stdout, stderr string
		not            string
	}{
		"audit assumes the usual class":               {viewer, []string{"audit", "-n", usual}, 1, "usual-class/web  alb-ip", assumed, "does not exist"},
		"so does status":                              {viewer, []string{"status", "-n", usual}, 1, "usual-class/web  alb-ip", assumed, "does not exist"},
		"so does explain":                             {viewer, []string{"explain", "web", "-n", usual}, 1, "an ALB sends it straight to the Pods", assumed, "does not exist"},
		"audit does not guess another":                {viewer, []string{"audit", "-n", named}, 2, "undecided  named-class/web - IngressClasses could not be read", "", "at-risk"},
		"nor does status":                             {viewer, []string{"status", "-n", named}, 2, "undecided  named-class/web", "", "at-risk"},
		"nor does explain":                            {viewer, []string{"explain", "web", "-n", named}, 2, "whether it is guarded is not known", "", "without an ALB"},
		"JUnit calls it an error":                     {viewer, []string{"audit", "-n", named, "-o", "junit"}, 2, `errors="1"`, "", ""},
		"audit of a namespace that may not be read":   {outside, []string{"audit", "-n", closed}, 2, "undecided  no-namespace/web", "namespace no-namespace", "at-risk"},
		"status of a namespace that may not be read":  {outside, []string{"status", "-n", closed}, 2, "undecided  no-namespace/web", "", ""},
		"explain of a namespace that may not be read": {outside, []string{"explain", "web", "-n", closed}, 2, "whether it is guarded is not known", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			out := rollguard(t, tc.kubeconfig, tc.args...)
			if out.code != tc.code || !strings.Contains(spaces(out.stdout), spaces(tc.stdout)) || !strings.Contains(out.stderr, tc.stderr) || tc.not != "" && strings.Contains(out.stdout, tc.not) {
				t.Errorf("exit code %d, want %d; stdout:\n%s\nstderr:\n%s", out.code, tc.code, out.stdout, out.stderr)
			}
			if twice := strings.Contains(out.stderr, assumed) && strings.Contains(out.stderr, "ingressclasses"); twice {
				t.Errorf("the class that was assumed is told twice:\n%s", out.stderr)
			}
		})
	}
}

// spaces makes one of several.
func spaces(s string) string { return strings.Join(strings.Fields(s), " ") }
