package topology_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/topology"
)

const config = `---
apiVersion: gateway.k8s.aws/v1
kind: TargetGroupConfiguration
metadata: {namespace: shop, name: web}
spec:
  targetReference: {name: web}
  defaultConfiguration:
    targetType: ip
    targetGroupAttributes: [{key: deregistration_delay.timeout_seconds, value: "30"}]
    healthCheckConfig: {healthCheckPath: /ready, healthCheckInterval: 5, healthCheckTimeout: 2, healthyThresholdCount: 2, matcher: {httpCode: "204"}}
`

func TestTheServicesConfigurationShapesTheTargetGroup(t *testing.T) {
	e := given(t, road+config).exposed(clusterIP)
	wantOutcome(t, e, "alb-ip", "ALB HTTPRoute shop/web of Gateway infra/public (ip targets)")
	r := &e.Routes[0]
	want := &topology.HealthCheck{Path: "/ready", ExplicitPath: true, Port: "traffic-port", Protocol: "HTTP", SuccessCodes: "204", IntervalSeconds: 5, TimeoutSeconds: 2, HealthyThreshold: 2}
	if diff := cmp.Diff(want, r.HealthCheck); diff != "" || r.DeregistrationDelaySeconds == nil || *r.DeregistrationDelaySeconds != 30 {
		t.Errorf("delay %v, -want +got:\n%s", r.DeregistrationDelaySeconds, diff)
	}
}

func TestTheDefaultsOfAGatewayAreNotThoseOfAnIngress(t *testing.T) {
	want := &topology.HealthCheck{Path: "/", Port: "traffic-port", Protocol: "HTTP", SuccessCodes: "200-399", IntervalSeconds: 15, TimeoutSeconds: 5, HealthyThreshold: 3}
	if diff := cmp.Diff(want, given(t, road).exposed().Routes[0].HealthCheck); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnNLBOfAGatewayAsksTheNodesWhereTrafficStaysLocal(t *testing.T) {
	manifest := changed(t, road, "gateway.k8s.aws/alb", "gateway.k8s.aws/nlb", "protocol: HTTP", "protocol: TCP", "HTTPRoute", "TCPRoute")
	want := &topology.HealthCheck{Port: "traffic-port", Protocol: "TCP", IntervalSeconds: 15, TimeoutSeconds: 5, HealthyThreshold: 3}
	if diff := cmp.Diff(want, given(t, manifest).exposed().Routes[0].HealthCheck); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want = &topology.HealthCheck{Path: "/healthz", Port: "31000", Protocol: "HTTP", SuccessCodes: "200-399", IntervalSeconds: 10, TimeoutSeconds: 6, HealthyThreshold: 2}
	if diff := cmp.Diff(want, given(t, manifest).exposed(local).Routes[0].HealthCheck); diff != "" {
		t.Errorf("local: -want +got:\n%s", diff)
	}
}

func TestAConfigurationForTheRouteBeatsTheDefault(t *testing.T) {
	const header = "  routeConfigurations:\n"
	entry := func(id, targetType string) string {
		return "  - {routeIdentifier: {" + id + "}, targetGroupProps: {targetType: " + targetType + "}}\n"
	}
	whole, namespace, kind := "kind: HTTPRoute, namespace: shop, name: web", "kind: HTTPRoute, namespace: shop", "kind: HTTPRoute"
	for name, tc := range map[string]struct{ entries, want string }{
		"by name":                    {entry(whole, "instance"), "instance"},
		"by namespace":               {entry(namespace, "instance"), "instance"},
		"by kind":                    {entry(kind, "instance"), "instance"},
		"name beats namespace":       {entry(namespace, "ip") + entry(whole, "instance"), "instance"},
		"namespace beats kind":       {entry(kind, "ip") + entry(namespace, "instance"), "instance"},
		"another name":               {entry(whole+"2", "instance"), "ip"},
		"another namespace":          {entry(namespace+"2", "instance"), "ip"},
		"another kind":               {entry("kind: GRPCRoute", "instance"), "ip"},
		"a name without a namespace": {entry("kind: HTTPRoute, name: web", "instance"), "ip"},
	} {
		e := given(t, road+config+header+tc.entries).exposed()
		if got := e.Routes[0].TargetType; got != tc.want {
			t.Errorf("%s: %s", name, got)
		}
		if e.Routes[0].HealthCheck.Path != "/ready" {
			t.Errorf("%s: what the entry leaves out does not come from the default", name)
		}
	}
}

// balancers are configurations of the class and of the Gateway, each with a default.
const balancers = `---
apiVersion: gateway.k8s.aws/v1
kind: LoadBalancerConfiguration
metadata: {namespace: kube-system, name: class}
spec: {defaultTargetGroupConfiguration: {name: class}}
---
apiVersion: gateway.k8s.aws/v1
kind: TargetGroupConfiguration
metadata: {namespace: kube-system, name: class}
spec: {defaultConfiguration: {targetType: ip}}
---
apiVersion: gateway.k8s.aws/v1
kind: LoadBalancerConfiguration
metadata: {namespace: infra, name: own}
spec: {defaultTargetGroupConfiguration: {name: own}}
---
apiVersion: gateway.k8s.aws/v1
kind: TargetGroupConfiguration
metadata: {namespace: infra, name: own}
spec: {defaultConfiguration: {targetType: instance, healthCheckConfig: {healthCheckPath: /own}}}
`

func TestTheLoadBalancersConfigurationIsTheDefault(t *testing.T) {
	class := []string{"controllerName: gateway.k8s.aws/alb}", "controllerName: gateway.k8s.aws/alb, parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: class, namespace: kube-system}}"}
	gateway := []string{"  gatewayClassName: aws\n", "  gatewayClassName: aws\n  infrastructure: {parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: own}}\n"}
	both := append(append([]string{}, class...), gateway...)
	for name, tc := range map[string]struct {
		pairs      []string
		more, want string
	}{
		"of the class":                      {class, "", "ip /"},
		"of the Gateway":                    {gateway, "", "instance /own"},
		"the class beats the Gateway":       {both, "", "ip /own"},
		"the Gateway, where the class says": {append(both, "spec: {defaultTargetGroupConfiguration: {name: class}}", "spec: {mergingMode: prefer-gateway, defaultTargetGroupConfiguration: {name: class}}"), "", "instance /own"},
		"the Service beats both":            {both, config, "ip /ready"},
	} {
		e := given(t, changed(t, road+balancers, tc.pairs...)+tc.more).exposed()
		if got := e.Routes[0].TargetType + " " + e.Routes[0].HealthCheck.Path; got != tc.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	wantOutcome(t, given(t, changed(t, road, class...)).exposed(), "service", "Service web",
		"gap: HTTPRoute shop/web is attached to Gateway infra/public, for which LoadBalancerConfiguration class does not exist")
}
