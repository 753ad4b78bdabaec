package topology_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// road is a GatewayClass, a Gateway in another namespace, and a route from it to web.
const road = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: aws}
spec: {controllerName: gateway.k8s.aws/alb}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: infra, name: public}
spec:
  gatewayClassName: aws
  listeners:
  - {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {namespace: shop, name: web}
spec:
  parentRefs: [{name: public, namespace: infra}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`

const (
	albRoute  = "ALB HTTPRoute shop/web of Gateway infra/public (instance targets)"
	noTake    = "gap: HTTPRoute shop/web wants to be attached to Gateway infra/public, of which no listener takes it"
	listening = "{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}"
	parents   = "[{name: public, namespace: infra}]"
)

// changed replaces parts of the road, in pairs.
func changed(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("no %q in:\n%s", pairs[i], text)
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func TestARouteOfTheGatewayAPIIsFollowedToItsService(t *testing.T) {
	plain := func(more ...string) []string { return append([]string{"service", "Service web"}, more...) }
	found := []string{"alb-instance", albRoute}
	for name, tc := range map[string]struct {
		pairs []string
		want  []string
	}{
		"as it is":                 {nil, found},
		"another controller":       {[]string{"gateway.k8s.aws/alb", "example.org/other"}, plain()},
		"no such class":            {[]string{"name: aws}", "name: other}"}, plain("gap: HTTPRoute shop/web is attached to Gateway infra/public, whose GatewayClass aws does not exist")},
		"no such Gateway":          {[]string{parents, "[{name: public}]"}, plain("gap: HTTPRoute shop/web names Gateway shop/public, which does not exist")},
		"a mesh Service as parent": {[]string{parents, "[{name: web, kind: Service, group: ''}]"}, plain()},
		"the listener by name":     {[]string{parents, "[{name: public, namespace: infra, sectionName: http}]"}, found},
		"another listener":         {[]string{parents, "[{name: public, namespace: infra, sectionName: https}]"}, plain(noTake)},
		"the listener by port":     {[]string{parents, "[{name: public, namespace: infra, port: 80}]"}, found},
		"another port":             {[]string{parents, "[{name: public, namespace: infra, port: 443}]"}, plain(noTake)},
		"a second parent that does": {[]string{parents, "[{name: public, namespace: infra, port: 443}, {name: public, namespace: infra}]"},
			[]string{"alb-instance", albRoute, noTake}},
		"from the same namespace only": {[]string{", allowedRoutes: {namespaces: {from: All}}", ""}, plain(noTake)},
		"from chosen namespaces":       {[]string{"{from: All}", "{from: Selector, selector: {matchLabels: {team: a}}}"}, found},
		"from other namespaces":        {[]string{"{from: All}", "{from: Selector, selector: {matchLabels: {team: b}}}"}, plain(noTake)},
		"from nowhere":                 {[]string{"{from: All}", "{from: None}"}, plain(noTake)},
		"routes of another kind":       {[]string{"{namespaces: {from: All}}", "{namespaces: {from: All}, kinds: [{kind: GRPCRoute}]}"}, plain(noTake)},
		"the hostname of the listener": {[]string{"port: 80, protocol", "port: 80, hostname: '*.example.org', protocol", "  rules", "  hostnames: [a.example.org]\n  rules"}, found},
		"another hostname":             {[]string{"port: 80, protocol", "port: 80, hostname: '*.example.org', protocol", "  rules", "  hostnames: [a.example.net]\n  rules"}, plain(noTake)},
		"a wildcard in the route":      {[]string{"port: 80, protocol", "port: 80, hostname: a.example.org, protocol", "  rules", "  hostnames: ['*.example.org']\n  rules"}, found},
		"no port":                      {[]string{"{name: web, port: 80}]}", "{name: web}]}"}, plain("gap: HTTPRoute shop/web names no port of Service web")},
		"no such port":                 {[]string{"{name: web, port: 80}]}", "{name: web, port: 81}]}"}, plain("gap: HTTPRoute shop/web names port 81 of Service web, which has no such port")},
		"weight 0":                     {[]string{"{name: web, port: 80}]}", "{name: web, port: 80, weight: 0}]}"}, found},
		"twice":                        {[]string{"{name: web, port: 80}]}", "{name: web, port: 80}, {name: web, port: 80}]}"}, found},
		"a backend of another kind":    {[]string{"{name: web, port: 80}]}", "{name: web, kind: TargetGroupName}]}"}, plain()},
		"on a load balancer of layer 4": {[]string{"gateway.k8s.aws/alb", "gateway.k8s.aws/nlb"},
			plain("gap: HTTPRoute shop/web is attached to Gateway infra/public of an NLB, which serves no HTTPRoute")},
		"a Gateway that is being deleted": {[]string{"name: public}", `name: public, deletionTimestamp: "2026-01-01T00:00:00Z"}`}, plain()},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, given(t, changed(t, road, tc.pairs...)).exposed(), tc.want...)
		})
	}
}

func TestRoutesOfLayer4LeadToAnNLB(t *testing.T) {
	for kind, protocol := range map[string]string{"TCPRoute": "TCP", "UDPRoute": "UDP", "TLSRoute": "TLS, tls: {mode: Passthrough}"} {
		manifest := changed(t, road, "gateway.k8s.aws/alb", "gateway.k8s.aws/nlb", "protocol: HTTP", "protocol: "+protocol, "HTTPRoute", kind)
		e := given(t, manifest).exposed()
		wantOutcome(t, e, "nlb-instance", "NLB "+kind+" shop/web of Gateway infra/public (instance targets)")
	}
}

func TestAGRPCRouteHasItsOwnHealthCheck(t *testing.T) {
	e := given(t, changed(t, road, "protocol: HTTP", "protocol: HTTPS", "kind: HTTPRoute", "kind: GRPCRoute")).exposed()
	want := &topology.HealthCheck{Path: "/AWS.ALB/healthcheck", Port: "traffic-port", Protocol: "HTTP", SuccessCodes: "12", IntervalSeconds: 15, TimeoutSeconds: 5, HealthyThreshold: 3}
	if diff := cmp.Diff(want, e.Routes[0].HealthCheck); diff != "" || e.Routes[0].BackendProtocolVersion != "GRPC" {
		t.Errorf("version %s, -want +got:\n%s", e.Routes[0].BackendProtocolVersion, diff)
	}
}

func TestAListenerSetAddsListenersWhereItsGatewayTakesIt(t *testing.T) {
	set := changed(t, road, parents, "[{kind: ListenerSet, name: more}]", listening, "{name: x, port: 81, protocol: TCP}") + `---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {namespace: shop, name: more}
spec:
  parentRef: {name: public, namespace: infra}
  listeners: [{name: http, port: 80, protocol: HTTP}]
`
	wantOutcome(t, given(t, set).exposed(), "service", "Service web", "gap: HTTPRoute shop/web is attached to ListenerSet shop/more, which Gateway infra/public does not take")
	taken := changed(t, set, "  listeners:\n", "  allowedListeners: {namespaces: {from: All}}\n  listeners:\n")
	wantOutcome(t, given(t, taken).exposed(), "alb-instance", albRoute)
}

func TestARouteOfAnotherNamespaceNeedsAGrant(t *testing.T) {
	elsewhere := changed(t, road, "metadata: {namespace: shop, name: web}", "metadata: {namespace: front, name: web}", "{name: web, port: 80}", "{name: web, namespace: shop, port: 80}")
	wantOutcome(t, given(t, elsewhere).exposed(), "service", "Service web")
	grant := `---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {namespace: shop, name: front}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: front}]
  to: [{group: "", kind: Service}]
`
	wantOutcome(t, given(t, elsewhere+grant).exposed(), "alb-instance", "ALB HTTPRoute front/web of Gateway infra/public (instance targets)")
	for _, pair := range [][2]string{{"namespace: front}]", "namespace: back}]"}, {"kind: Service}", "kind: Service, name: other}"}, {"kind: HTTPRoute, n", "kind: GRPCRoute, n"}} {
		wantOutcome(t, given(t, elsewhere+changed(t, grant, pair[0], pair[1])).exposed(), "service", "Service web")
	}
}

func TestTheLabelsOfTheRoutesNamespaceDecide(t *testing.T) {
	c := given(t, changed(t, road, "metadata: {namespace: shop, name: web}", "metadata: {namespace: front, name: web}", "{name: web, port: 80}", "{name: web, namespace: shop, port: 80}",
		"{from: All}", "{from: Selector, selector: {matchLabels: {edge: open}}}")+`---
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {namespace: shop, name: front}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: front}]
  to: [{group: "", kind: Service, name: web}]
`)
	if e := c.exposed(); e.Kind != topology.Service {
		t.Error(outcome(e))
	}
	c.labels["front"] = map[string]string{"edge": "open"}
	if e := c.exposed(); e.Kind != topology.ALBInstance {
		t.Error(outcome(e))
	}
}

func TestWhatARouteNeedsAndIsHiddenIsAGap(t *testing.T) {
	for kind, want := range map[string]string{
		"Gateway (gateway.networking.k8s.io)":         "HTTPRoute shop/web names Gateway infra/public, and Gateways cannot be read",
		"GatewayClass (gateway.networking.k8s.io)":    "HTTPRoute shop/web is attached to Gateway infra/public, and GatewayClasses cannot be read",
		"TargetGroupConfiguration (gateway.k8s.aws)":  "HTTPRoute shop/web sends to Service web, and TargetGroupConfigurations cannot be read",
		"HTTPRoute (gateway.networking.k8s.io)":       "HTTPRoute (gateway.networking.k8s.io) cannot be read",
		"ListenerSet (gateway.networking.k8s.io)":     "",
		"LoadBalancerConfiguration (gateway.k8s.aws)": "",
		"IngressClassParams (elbv2.k8s.aws)":          "",
	} {
		c := given(t, road)
		c.hidden[kind] = "cannot be read"
		if want == "" {
			wantOutcome(t, c.exposed(), "alb-instance", albRoute)
		} else {
			wantOutcome(t, c.exposed(), "service", "Service web", "gap: "+want)
		}
	}
}

func TestInstanceTargetsOfAGatewayNeedNodePorts(t *testing.T) {
	wantOutcome(t, given(t, road).exposed(clusterIP), "service", "Service web",
		"gap: HTTPRoute shop/web wants instance targets, for which Service web would have to be of type NodePort or LoadBalancer")
}

func local(s *corev1.Service) {
	s.Spec.ExternalTrafficPolicy, s.Spec.HealthCheckNodePort = corev1.ServiceExternalTrafficPolicyLocal, 31000
}
