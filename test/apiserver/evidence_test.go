package apiserver

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What admission says of a door is what explain says, for the same objects.
func TestAdmissionAndExplainShowTheSameEvidence(t *testing.T) {
	rollguard := filepath.Join(t.TempDir(), "rollguard")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", rollguard, "../../cmd/rollguard").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for name, tc := range map[string]struct {
		objects string
		// route is part of the explained route, and warning of the warning.
		route   map[string]string
		warning string
	}{
		"TargetGroupBinding": {`
apiVersion: elbv2.k8s.aws/v1beta1
kind: TargetGroupBinding
metadata: {namespace: %[1]s, name: own}
spec: {serviceRef: {name: web, port: 80}, targetType: ip, targetGroupProtocol: HTTP, targetGroupARN: x}
`, map[string]string{"via": "TargetGroupBinding", "targetGroupBinding": "%[1]s/own", "targetType": "ip", "controller": "elbv2.k8s.aws"},
			"behind ALB TargetGroupBinding %[1]s/own (ip targets)"},
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
			"behind ALB HTTPRoute %[1]s/web of Gateway %[1]s/public (ip targets)"},
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
			"behind NLB Service nlb (ip targets)"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			here := strings.NewReplacer("%[1]s", s.name)
			objects := here.Replace(tc.objects)
			s.kubectl(objects, "apply", "-f", "-")
			s.waitForWarning(here.Replace(tc.warning))
			found := explained(t, rollguard, fmt.Sprintf(surroundingsWithoutIngress(t), s.name, enabled, annotations)+"---"+objects+"---"+s.bare())
			for key, want := range tc.route {
				if got := fmt.Sprint(found[key]); got != here.Replace(want) {
					t.Errorf("explain says %s %q, not %q", key, got, want)
				}
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

// explained is the first route through a load balancer that explain finds.
func explained(t *testing.T, rollguard, manifest string) map[string]any {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), rollguard, "explain", "-o", "json", "-f", "-")
	cmd.Stdin = strings.NewReader(manifest)
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		t.Fatalf("explain: %v", err)
	}
	var answer struct {
		Deployments map[string]struct {
			Routes []map[string]any `json:"routes"`
		} `json:"deployments"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, d := range answer.Deployments {
		for _, r := range d.Routes {
			if r["controller"] != nil {
				return r
			}
		}
	}
	t.Fatalf("no route of a load balancer: %s", out)
	return nil
}
