package topology

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// attachment is a Gateway that serves a route.
type attachment struct {
	class    *GatewayClass
	gateway  *Gateway
	balancer Balancer
}

// gatewayBalancer tells what a GatewayClass's controller makes; "" for controllers of
// others (LBC pkg/gateway/constants/controller_constants.go).
func gatewayBalancer(controller string) Balancer {
	switch controller {
	case "gateway.k8s.aws/alb":
		return ALB
	case "gateway.k8s.aws/nlb":
		return NLB
	}
	return ""
}

// listeners are those of a Gateway or of a ListenerSet.
type listeners struct {
	gateway   *Gateway
	namespace string // of the object that they stand in
	list      []Listener
}

// attach finds the Gateway that a parentRef leads to, if it is one of LBC and lets the
// route in. It returns nil without an error when the parent is none of our business,
// and with one when a mistake keeps the route out.
func (in *inputs) attach(kind string, route *GatewayRoute, p ParentRef) (*attachment, error) {
	from, err := in.parent(route, p)
	if from == nil || err != nil {
		return nil, err
	}
	gateway := from.gateway
	if reason := in.hidden(gatewayClassKind()); reason != "" {
		return nil, fmt.Errorf("is attached to Gateway %s, and GatewayClasses %s", fullName(gateway), reason)
	}
	class, err := find[*GatewayClass](in, gatewayClassKind(), "", gateway.Spec.GatewayClassName)
	if err != nil {
		return nil, fmt.Errorf("is attached to Gateway %s, whose GatewayClass %s %w", fullName(gateway), gateway.Spec.GatewayClassName, err)
	}
	a := &attachment{class: class, gateway: gateway, balancer: gatewayBalancer(class.Spec.ControllerName)}
	if a.balancer == "" || gateway.DeletionTimestamp != nil {
		return nil, nil
	}
	if !serves(a.balancer, kind) {
		return nil, fmt.Errorf("is attached to Gateway %s of an %s, which serves no %s", fullName(gateway), a.balancer, kind)
	}
	for i := range from.list {
		l := &from.list[i]
		if p.SectionName != "" && p.SectionName != l.Name || p.Port != nil && *p.Port != l.Port {
			continue
		}
		allowed, err := in.allows(from.namespace, l, kind, route)
		if err != nil {
			return nil, fmt.Errorf("is attached to Gateway %s, whose listener %s has a bad namespace selector: %w", fullName(gateway), l.Name, err)
		}
		if allowed {
			return a, nil
		}
	}
	return nil, fmt.Errorf("wants to be attached to Gateway %s, of which no listener takes it", fullName(gateway))
}

// serves: LBC attaches routes of layer 7 to an ALB and of layer 4 to an NLB.
func serves(b Balancer, kind string) bool {
	layer7 := kind == ViaHTTPRoute || kind == ViaGRPCRoute
	return layer7 == (b == ALB)
}

// parent finds the listeners that a parentRef speaks of.
func (in *inputs) parent(route *GatewayRoute, p ParentRef) (*listeners, error) {
	namespace := p.in(route.Namespace)
	switch {
	case p.Group != "" && p.Group != gatewayGroup:
		return nil, nil
	case p.Kind == "" || p.Kind == "Gateway":
		gateway, err := in.gateway(namespace, p.Name)
		if err != nil {
			return nil, err
		}
		return &listeners{gateway: gateway, namespace: namespace, list: gateway.Spec.Listeners}, nil
	case p.Kind == "ListenerSet":
		return in.listenerSet(namespace, p.Name)
	}
	return nil, nil
}

func (in *inputs) gateway(namespace, name string) (*Gateway, error) {
	if reason := in.hidden(gatewayOwnKind()); reason != "" {
		return nil, fmt.Errorf("names Gateway %s/%s, and Gateways %s", namespace, name, reason)
	}
	gateway, err := find[*Gateway](in, gatewayOwnKind(), namespace, name)
	if err != nil {
		return nil, fmt.Errorf("names Gateway %s/%s, which %w", namespace, name, err)
	}
	return gateway, nil
}

// listenerSet finds the listeners of a ListenerSet, if its Gateway takes it: by default it
// takes none.
func (in *inputs) listenerSet(namespace, name string) (*listeners, error) {
	if reason := in.hidden(listenerSetKind()); reason != "" {
		return nil, fmt.Errorf("names ListenerSet %s/%s, and ListenerSets %s", namespace, name, reason)
	}
	set, err := find[*ListenerSet](in, listenerSetKind(), namespace, name)
	if err != nil {
		return nil, fmt.Errorf("names ListenerSet %s/%s, which %w", namespace, name, err)
	}
	gateway, err := in.gateway(set.Spec.ParentRef.in(namespace), set.Spec.ParentRef.Name)
	if err != nil {
		return nil, fmt.Errorf("is attached to ListenerSet %s/%s, which %w", namespace, name, err)
	}
	from := &Namespaces{From: "None"}
	if allowed := gateway.Spec.AllowedListeners; allowed != nil && allowed.Namespaces != nil && allowed.Namespaces.From != "" {
		from = allowed.Namespaces
	}
	allowed, err := in.allowedFrom(from, gateway.Namespace, namespace)
	if err != nil || !allowed {
		return nil, fmt.Errorf("is attached to ListenerSet %s/%s, which Gateway %s does not take", namespace, name, fullName(gateway))
	}
	return &listeners{gateway: gateway, namespace: namespace, list: set.Spec.Listeners}, nil
}

// allows follows LBC's pkg/gateway/routeutils/listener_attachment_helper.go: namespace,
// kind and hostname.
func (in *inputs) allows(namespace string, l *Listener, kind string, route *GatewayRoute) (bool, error) {
	from := &Namespaces{From: "Same"}
	if a := l.AllowedRoutes; a != nil && a.Namespaces != nil && a.Namespaces.From != "" {
		from = a.Namespaces
	}
	allowed, err := in.allowedFrom(from, namespace, route.Namespace)
	if err != nil || !allowed {
		return false, err
	}
	return takesKind(l, kind) && (kind == ViaTCPRoute || kind == ViaUDPRoute || takesHostname(l.Hostname, route.Spec.Hostnames)), nil
}

func (in *inputs) allowedFrom(n *Namespaces, own, other string) (bool, error) {
	switch n.From {
	case "Same":
		return own == other, nil
	case "All":
		return true, nil
	case "Selector":
		if n.Selector == nil {
			return false, nil
		}
		selector, err := metav1.LabelSelectorAsSelector(n.Selector)
		if err != nil {
			return false, err
		}
		return selector.Matches(labels.Set(in.labelsOf(other))), nil
	}
	return false, nil
}

// labelsOf are the labels of a namespace.
func (in *inputs) labelsOf(namespace string) map[string]string {
	if namespace == in.Namespace {
		return in.NamespaceLabels
	}
	return in.Objects.NamespaceLabels(namespace)
}

// takesKind: a listener that names no kinds takes those of its protocol (LBC
// DefaultProtocolToRouteKindMap). On a TLS listener the mode decides too.
func takesKind(l *Listener, kind string) bool {
	var kinds []string
	if l.AllowedRoutes != nil {
		for _, k := range l.AllowedRoutes.Kinds {
			kinds = append(kinds, k.Kind)
		}
	}
	if len(kinds) == 0 {
		kinds = map[string][]string{
			"HTTP": {ViaHTTPRoute}, "HTTPS": {ViaHTTPRoute, ViaGRPCRoute},
			"TCP": {ViaTCPRoute}, "UDP": {ViaUDPRoute}, "TLS": {ViaTLSRoute, ViaTCPRoute},
		}[l.Protocol]
	}
	if !slices.Contains(kinds, kind) {
		return false
	}
	if l.Protocol != "TLS" {
		return true
	}
	passthrough := l.TLS != nil && l.TLS.Mode == "Passthrough"
	return kind == ViaTLSRoute && passthrough || kind == ViaTCPRoute && !passthrough
}

// takesHostname tells whether any hostname of a route fits the listener's; no hostname
// fits all.
func takesHostname(listener string, route []string) bool {
	if listener == "" || len(route) == 0 {
		return true
	}
	return slices.ContainsFunc(route, func(name string) bool { return sameHost(name, listener) || sameHost(listener, name) })
}

// sameHost tells whether a name is the other, or its wildcard covers it.
func sameHost(name, other string) bool {
	return name == other || strings.HasPrefix(name, "*.") && strings.HasSuffix(other, name[1:])
}
