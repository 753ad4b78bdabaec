package topology_test

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// binding is a TargetGroupBinding of LBC with some metadata and spec.
func binding(metadata, spec string) string {
	return fmt.Sprintf("apiVersion: elbv2.k8s.aws/v1beta1\nkind: TargetGroupBinding\nmetadata: {namespace: shop, name: own%s}\nspec: {%s}\n", metadata, spec)
}

const toWeb = "serviceRef: {name: web, port: 80}"

func TestABindingIsARouteOfItsLoadBalancer(t *testing.T) {
	plain := []string{"service", "Service web"}
	for name, tc := range map[string]struct {
		spec string
		want []string
	}{
		"HTTP, ip":       {toWeb + ", targetType: ip, targetGroupProtocol: HTTP", []string{"alb-ip", "ALB TargetGroupBinding shop/own (ip targets)"}},
		"HTTPS, nodes":   {toWeb + ", targetType: instance, targetGroupProtocol: HTTPS", []string{"alb-instance", "ALB TargetGroupBinding shop/own (instance targets)"}},
		"TCP, ip":        {toWeb + ", targetType: ip, targetGroupProtocol: TCP", []string{"nlb-ip", "NLB TargetGroupBinding shop/own (ip targets)"}},
		"TLS, nodes":     {toWeb + ", targetType: instance, targetGroupProtocol: TLS", []string{"nlb-instance", "NLB TargetGroupBinding shop/own (instance targets)"}},
		"a port by name": {"serviceRef: {name: web, port: http}, targetType: ip, targetGroupProtocol: HTTP", []string{"alb-ip", "ALB TargetGroupBinding shop/own (ip targets)"}},
		"no protocol": {toWeb + ", targetType: ip",
			append(plain, "gap: TargetGroupBinding shop/own lacks the targetGroupProtocol that would tell whether an ALB or an NLB sends to Service web")},
		"no target type": {toWeb + ", targetGroupProtocol: HTTP",
			append(plain, "gap: TargetGroupBinding shop/own lacks the targetType that would tell whether Pods or nodes are the targets of Service web")},
		"another port":    {"serviceRef: {name: web, port: 81}, targetType: ip, targetGroupProtocol: HTTP", append(plain, "gap: TargetGroupBinding shop/own names port 81 of Service web, which has no such port")},
		"another Service": {"serviceRef: {name: other, port: 80}, targetType: ip, targetGroupProtocol: HTTP", plain},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, given(t, binding("", tc.spec)).exposed(), tc.want...)
		})
	}
}

func TestABindingToNodesNeedsNodePorts(t *testing.T) {
	e := given(t, binding("", toWeb+", targetType: instance, targetGroupProtocol: HTTP")).exposed(clusterIP)
	wantOutcome(t, e, "service", "Service web", "gap: TargetGroupBinding shop/own wants instance targets, for which Service web would have to be of type NodePort or LoadBalancer")
}

func TestABindingThatIsBeingDeletedIsNone(t *testing.T) {
	e := given(t, binding(`, deletionTimestamp: "2026-01-01T00:00:00Z"`, toWeb+", targetType: ip, targetGroupProtocol: HTTP")).exposed()
	wantOutcome(t, e, "service", "Service web")
}

func TestAutoModeHasBindingsOfItsOwn(t *testing.T) {
	e := given(t, `
apiVersion: eks.amazonaws.com/v1
kind: TargetGroupBinding
metadata: {namespace: shop, name: own}
spec: {serviceRef: {name: web, port: 80}, targetType: ip, targetGroupProtocol: HTTP}
`).exposed()
	wantOutcome(t, e, "alb-ip", "ALB TargetGroupBinding shop/own (ip targets)")
	if !e.Routes[0].AutoMode() {
		t.Error("the route is not known to be Auto Mode's")
	}
}

// The controllers write a binding for each target group that they make for an Ingress,
// a Gateway or a Service.
func TestABindingThatAControllerMadeIsNoSecondRoute(t *testing.T) {
	made := binding(", labels: {ingress.k8s.aws/stack-namespace: shop, ingress.k8s.aws/stack-name: web}", toWeb+", targetType: instance, targetGroupProtocol: HTTP")
	with := func(manifest string, change ...func(*topology.Sources)) topology.Exposure {
		return exposure(sources(append(change, func(s *topology.Sources) { s.Objects = given(t, manifest) })...))
	}
	wantOutcome(t, with(made), "alb-instance", "ALB Ingress shop/web (instance targets)")
	own := binding("", toWeb+", targetType: ip, targetGroupProtocol: HTTP")
	wantOutcome(t, with(own), "alb-instance", "ALB Ingress shop/web (instance targets)", "ALB TargetGroupBinding shop/own (ip targets)")
	// The Ingress became unreadable, and what it made is still there.
	noClass := func(s *topology.Sources) { s.Classes = nil }
	wantOutcome(t, with(made, noClass), "alb-instance", "ALB TargetGroupBinding shop/own (instance targets)",
		"gap: Ingress shop/web names IngressClass alb, which does not exist")
}

func TestTheLabelsOfAnOlderControllerTellTheLoadBalancer(t *testing.T) {
	for label, want := range map[string]topology.Kind{
		"ingress.k8s.aws/stack":          topology.ALBIP,
		"gateway.k8s.aws.alb/stack-name": topology.ALBIP,
		"service.k8s.aws/stack-name":     topology.NLBIP,
		"gateway.k8s.aws.nlb/stack-name": topology.NLBIP,
		"example.org/stack-name":         topology.Service,
	} {
		e := given(t, binding(", labels: {"+label+": x}", toWeb+", targetType: ip")).exposed()
		if e.Kind != want {
			t.Errorf("%s: %s", label, outcome(e))
		}
	}
}

func TestKindsThatAreHiddenAreOneGapForEachReason(t *testing.T) {
	c := given(t, "")
	for _, kind := range topology.Optionals() {
		c.hidden[kind.Name()] = "cannot be read: forbidden"
	}
	wantOutcome(t, c.exposed(), "service", "Service web",
		"gap: ReferenceGrant, HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute (gateway.networking.k8s.io) cannot be read: forbidden",
		"gap: TargetGroupBinding (elbv2.k8s.aws) cannot be read: forbidden",
		"gap: TargetGroupBinding (eks.amazonaws.com) cannot be read: forbidden")
}

func TestAnObjectThatCannotBeDecodedIsAGap(t *testing.T) {
	c := given(t, "")
	c.unread("TargetGroupBinding (elbv2.k8s.aws)", "shop", "odd", "")
	wantOutcome(t, c.exposed(), "service", "Service web", "gap: TargetGroupBinding shop/odd cannot be read: no number")
	if e := c.exposed(func(s *corev1.Service) { s.Spec.Selector = map[string]string{"app": "other"} }); len(e.Gaps) > 0 {
		t.Errorf("it concerns Pods that no Service selects: %s", outcome(e))
	}
}
