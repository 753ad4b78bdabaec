package topology

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// gatewayDoor: a route of the Gateway API that is attached to a Gateway of LBC makes a
// target group for each Service that it sends to (LBC pkg/gateway/routeutils/loader.go).
//
// Routes of the namespace are looked at, and those of namespaces that a ReferenceGrant
// lets in.
func gatewayDoor(in *inputs) ([]backend, []blind) {
	if in.Objects == nil {
		return nil, nil
	}
	g := &gatewayWalk{in: in, seen: map[string]bool{}}
	kinds := slices.DeleteFunc(routeKinds(), func(kind Optional) bool { return in.hidden(kind) != "" })
	if len(kinds) == 0 {
		in.known(referenceGrantKind()) // one gap with those of routes
	}
	for _, kind := range routeKinds() {
		in.known(kind)
	}
	grants, odd := list[*ReferenceGrant](in, referenceGrantKind(), in.Namespace)
	for _, kind := range kinds {
		g.routes(kind, in.Namespace, nil)
		for _, namespace := range grantedNamespaces(grants, kind.Kind) {
			if namespace != in.Namespace {
				g.routes(kind, namespace, grants)
			}
		}
	}
	if len(kinds) > 0 {
		g.grantsHidden()
	}
	for _, grant := range odd {
		g.grantUnread(kinds, grant)
	}
	return g.out, g.gaps
}

// gatewayWalk collects what routes lead to.
type gatewayWalk struct {
	in   *inputs
	out  []backend
	gaps []blind
	seen map[string]bool
}

// routes follows the routes of one namespace. Grants are nil for the graph's own.
func (g *gatewayWalk) routes(kind Optional, namespace string, grants []*ReferenceGrant) {
	all, odd := list[*GatewayRoute](g.in, kind, namespace)
	g.in.odd(kind, odd)
	for _, route := range all {
		refs := g.backendRefs(kind, route, grants)
		if route.DeletionTimestamp != nil || len(refs) == 0 {
			continue
		}
		for _, p := range route.Spec.ParentRefs {
			a, err := g.in.attach(kind.Kind, route, p)
			if err != nil {
				g.gap(kind, route, err, serviceNames(refs)...)
			}
			if a == nil {
				continue
			}
			for _, ref := range refs {
				g.backend(kind, route, a, ref)
			}
		}
	}
}

// backendRefs are the Services of the graph's namespace that a route sends to. Weight 0
// counts: the Pods are registered all the same. Other kinds (another Gateway, a target
// group by name) carry no Service.
func (g *gatewayWalk) backendRefs(kind Optional, route *GatewayRoute, grants []*ReferenceGrant) []BackendRef {
	var out []BackendRef
	for i := range route.Spec.Rules {
		for _, ref := range route.Spec.Rules[i].BackendRefs {
			switch {
			case ref.Kind != "" && ref.Kind != ViaService, ref.in(route.Namespace) != g.in.Namespace:
			case route.Namespace != g.in.Namespace && !granted(grants, kind.Kind, route.Namespace, ref.Name):
			default:
				out = append(out, ref)
			}
		}
	}
	return out
}

func (g *gatewayWalk) backend(kind Optional, route *GatewayRoute, a *attachment, ref BackendRef) {
	if ref.Port == nil {
		g.gap(kind, route, fmt.Errorf("names no port of Service %s", ref.Name), ref.Name)
		return
	}
	svc, ok := g.in.services[ref.Name]
	if !ok {
		g.gap(kind, route, fmt.Errorf("names Service %s, which does not exist", ref.Name), ref.Name)
		return
	}
	port := portOf(svc, intstr.FromInt32(*ref.Port))
	if port == nil {
		g.gap(kind, route, fmt.Errorf("names port %d of Service %s, which has no such port", *ref.Port, ref.Name), ref.Name)
		return
	}
	key := fmt.Sprintf("%s %s %s %s %d", kind.Kind, fullName(route), fullName(a.gateway), ref.Name, *ref.Port)
	if g.seen[key] {
		return
	}
	g.seen[key] = true
	r := newGatewayRoute(kind.Kind, route, a, svc)
	r.ServicePort = fmt.Sprint(*ref.Port)
	settings, err := g.in.targetGroupSettings(kind.Kind, route, a, svc.Name)
	if err == nil {
		err = settings.apply(r, svc, port, g.in.defaultTargetType())
	}
	if err != nil {
		g.gap(kind, route, err, ref.Name)
		return
	}
	g.out = append(g.out, backend{service: svc, port: port, route: *r})
}

func newGatewayRoute(kind string, route *GatewayRoute, a *attachment, svc *corev1.Service) *Route {
	r := &Route{Via: kind, Controller: a.class.Spec.ControllerName, Gateway: fullName(a.gateway), Service: svc.Name, Balancer: a.balancer}
	name := fullName(route)
	switch kind {
	case ViaHTTPRoute:
		r.HTTPRoute = name
	case ViaGRPCRoute:
		r.GRPCRoute = name
	case ViaTCPRoute:
		r.TCPRoute = name
	case ViaTLSRoute:
		r.TLSRoute = name
	case ViaUDPRoute:
		r.UDPRoute = name
	}
	return r
}

func (g *gatewayWalk) gap(kind Optional, route *GatewayRoute, err error, services ...string) {
	gap := Gap{Object: objectName(kind, route), Reason: err.Error()}
	g.gaps = append(g.gaps, blind{Gap: gap, services: services})
}

func serviceNames(refs []BackendRef) []string {
	out := make([]string, len(refs))
	for i := range refs {
		out[i] = refs[i].Name
	}
	return out
}

// grantedNamespaces are those from which routes of a kind may send here.
func grantedNamespaces(grants []*ReferenceGrant, kind string) []string {
	var out []string
	for _, grant := range grants {
		for _, from := range grant.Spec.From {
			if from.Group == gatewayGroup && from.Kind == kind {
				out = append(out, from.Namespace)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// granted tells whether some grant lets a route of a namespace send to a Service.
func granted(grants []*ReferenceGrant, kind, namespace, service string) bool {
	for _, grant := range grants {
		from := slices.ContainsFunc(grant.Spec.From, func(f Reference) bool {
			return f.Group == gatewayGroup && f.Kind == kind && f.Namespace == namespace
		})
		to := slices.ContainsFunc(grant.Spec.To, func(t Reference) bool {
			return t.Group == "" && t.Kind == ViaService && (t.Name == "" || t.Name == service)
		})
		if from && to {
			return true
		}
	}
	return false
}
