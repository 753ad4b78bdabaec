package apiserver

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What admission says of a door is what explain says of the same objects, from files and
// from the cluster, and what status shows.
func TestAdmissionExplainAndStatusShowTheSameEvidence(t *testing.T) {
	rollguard := commandLine(t)
	for name, tc := range map[string]struct {
		objects string
		// route is part of the explained route, and warning of the warning.
		route   map[string]string
		warning string
		// status is part of the line of status.
		status string
	}{
		"Ingress": {`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {namespace: %[1]s, name: late, annotations: {alb.ingress.kubernetes.io/target-type: ip}}
spec: {ingressClassName: alb, defaultBackend: {service: {name: web, port: {name: http}}}}
`, map[string]string{"via": "Ingress", "ingress": "%[1]s/late", "targetType": "ip", "controller": "ingress.k8s.aws/alb"},
			"behind ALB Ingress late (ip targets)", "alb-ip    Ingress %[1]s/late"},
		"GRPCRoute": {`
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: evidence}
spec: {controllerName: gateway.k8s.aws/alb}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: %[1]s, name: public}
spec: {gatewayClassName: evidence, listeners: [{name: https, port: 443, protocol: HTTPS, tls: {mode: Terminate, certificateRefs: [{name: x}]}}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {namespace: %[1]s, name: web}
spec: {parentRefs: [{name: public}], rules: [{backendRefs: [{name: web, port: 80}]}]}
---
apiVersion: gateway.k8s.aws/v1
kind: TargetGroupConfiguration
metadata: {namespace: %[1]s, name: web}
spec: {targetReference: {name: web}, defaultConfiguration: {targetType: ip}}
`, map[string]string{"via": "GRPCRoute", "grpcRoute": "%[1]s/web", "gateway": "%[1]s/public", "backendProtocolVersion": "GRPC", "controller": "gateway.k8s.aws/alb"},
			"behind ALB GRPCRoute web of Gateway %[1]s/public (ip targets)", "alb-ip    GRPCRoute %[1]s/web of Gateway %[1]s/public"},
		"TargetGroupBinding": {`
apiVersion: elbv2.k8s.aws/v1beta1
kind: TargetGroupBinding
metadata: {namespace: %[1]s, name: own}
spec: {serviceRef: {name: web, port: 80}, targetType: ip, targetGroupProtocol: HTTP, targetGroupARN: x}
`, map[string]string{"via": "TargetGroupBinding", "targetGroupBinding": "%[1]s/own", "targetType": "ip", "controller": "elbv2.k8s.aws"},
			"behind ALB TargetGroupBinding own (ip targets)", "alb-ip    TargetGroupBinding %[1]s/own"},
		"HTTPRoute": {`
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: evidence}
spec: {controllerName: gateway.k8s.aws/alb}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: %[1]s, name: public}
spec: {gatewayClassName: evidence, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.k8s.aws/v1
kind: TargetGroupConfiguration
metadata: {namespace: %[1]s, name: web}
spec: {targetReference: {name: web}, defaultConfiguration: {targetType: ip}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {namespace: %[1]s, name: web}
spec: {parentRefs: [{name: public}], rules: [{backendRefs: [{name: web, port: 80}]}]}
`, map[string]string{"via": "HTTPRoute", "httpRoute": "%[1]s/web", "gateway": "%[1]s/public", "targetType": "ip", "controller": "gateway.k8s.aws/alb"},
			"behind ALB HTTPRoute web of Gateway %[1]s/public (ip targets)", "alb-ip    HTTPRoute %[1]s/web of Gateway %[1]s/public"},
		"NLB Service": {`
apiVersion: v1
kind: Service
metadata:
  namespace: %[1]s
  name: nlb
  annotations: {service.beta.kubernetes.io/aws-load-balancer-nlb-target-type: ip}
spec:
  type: LoadBalancer
  loadBalancerClass: service.k8s.aws/nlb
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP}]
`, map[string]string{"via": "Service", "service": "nlb", "targetType": "ip", "controller": "service.k8s.aws/nlb"},
			"behind NLB Service nlb (ip targets)", "nlb-ip    Service nlb and 1 more"},
		"plain Service": {"", map[string]string{"via": "Service", "service": "web", "servicePort": "http"}, "behind Service web", "service   Service web"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			here := strings.NewReplacer("%[1]s", s.name)
			objects := here.Replace(tc.objects)
			if objects != "" {
				s.kubectl(objects, "apply", "-f", "-")
			}
			s.waitForWarning(here.Replace(tc.warning))
			s.kubectl(s.bare(), "apply", "-f", "-")
			files := explained(t, exec.CommandContext(t.Context(), rollguard, "explain", "-o", "json", "-f", "-"),
				fmt.Sprintf(surroundingsWithoutIngress(t), s.name, enabled, annotations)+"---"+objects+"\n---"+s.bare())
			cluster := explained(t, live(t, rollguard, "explain", "deployment/web", "-n", s.name, "-o", "json"), "")
			for key, want := range tc.route {
				if got := fmt.Sprint(files[key]); got != here.Replace(want) {
					t.Errorf("explain says of the files: %s %q, not %q", key, got, want)
				}
			}
			if diff := cmp.Diff(files, cluster); diff != "" {
				t.Errorf("explain says of the cluster, -files +cluster:\n%s", diff)
			}
			status, err := live(t, rollguard, "status", "-n", s.name).CombinedOutput()
			if line := "guarded  " + s.name + "/web  " + here.Replace(tc.status); !strings.Contains(collapsed(status), collapsed([]byte(line))) {
				t.Errorf("status lacks %q, error %v:\n%s", line, err, status)
			}
		})
	}
}

// surroundingsWithoutIngress are those of newService.
func surroundingsWithoutIngress(t *testing.T) string {
	t.Helper()
	documents := strings.Split(surroundings, "---\n")
	return strings.Join(documents[:len(documents)-1], "---\n")
}

// live is a command that reads the cluster.
func live(t *testing.T, rollguard string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), rollguard, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+world.plane.KubeconfigPath())
	return cmd
}

// collapsed has one blank where a table has several.
func collapsed(table []byte) string { return strings.Join(strings.Fields(string(table)), " ") }

// explained is the first route that explain finds, one through a load balancer if there is.
func explained(t *testing.T, cmd *exec.Cmd, manifest string) map[string]any {
	t.Helper()
	cmd.Stdin = strings.NewReader(manifest)
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		t.Fatalf("explain: %v: %s", err, manifest)
	}
	var answer struct {
		Deployments map[string]struct {
			Routes []map[string]any `json:"routes"`
		} `json:"deployments"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var first map[string]any
	for _, d := range answer.Deployments {
		for _, r := range d.Routes {
			if first == nil || r["controller"] != nil {
				first = r
			}
		}
	}
	if first == nil {
		t.Fatalf("no route: %s", out)
	}
	return first
}

// commandLine builds it.
func commandLine(t *testing.T) string {
	t.Helper()
	rollguard := filepath.Join(t.TempDir(), "rollguard")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", rollguard, "../../cmd/rollguard").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return rollguard
}
