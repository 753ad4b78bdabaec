package topology

import (
	"sort"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Pods describes the Pods that a template makes, as far as Services see them.
type Pods struct {
	Labels map[string]string
	// Containers are the ordinary containers in order, then the native sidecars: the
	// order in which a named target port is looked up.
	Containers []Container
}

// Container is one container and the ports it declares.
type Container struct {
	Name  string
	Ports []corev1.ContainerPort
}

// Exposure finds every route that leads to the Pods.
func (g *Graph) Exposure(pods Pods) Exposure {
	e := Exposure{Kind: None, ReadinessGate: g.readinessGate}
	var few [8]*corev1.Service // no memory for a usual Deployment
	for _, svc := range g.services.selecting(pods.Labels, few[:0]) {
		e.Routes = append(e.Routes, g.serviceRoutes(svc, pods)...)
		e.Gaps = g.gaps.about(svc.Name, e.Gaps)
		if expected, ok := g.expected[svc.Name]; ok {
			e.Expected = append(e.Expected, *expected)
		}
	}
	for _, gap := range g.unread {
		e.Gaps = appendOnce(e.Gaps, gap)
	}
	sort.SliceStable(e.Routes, func(i, j int) bool { return less(&e.Routes[i], &e.Routes[j]) })
	for i := range e.Routes {
		if kind := e.Routes[i].Kind(); kind.rank() > e.Kind.rank() {
			e.Kind = kind
		}
	}
	return e
}

// selects follows LBC and the EndpointSlice controller: the selector is not empty
// and every label of it is on the Pods. An ExternalName Service has no Pods.
func selects(svc *corev1.Service, labels map[string]string) bool {
	if len(svc.Spec.Selector) == 0 || svc.Spec.Type == corev1.ServiceTypeExternalName {
		return false
	}
	for key, value := range svc.Spec.Selector {
		if got, ok := labels[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// serviceRoutes are the routes through one Service: its load balancer's, or, when
// there is none, its own ports.
func (g *Graph) serviceRoutes(svc *corev1.Service, pods Pods) []Route {
	backends := g.backends[svc.Name]
	if len(backends) == 0 {
		return plainRoutes(svc, pods)
	}
	routes := make([]Route, 0, len(backends))
	for i := range backends {
		r := backends[i].route
		describe(&r, svc)
		place(&r, backends[i].port, pods)
		if r.ContainerPort == nil && r.Maybe == nil {
			r.Maybe = unresolved(&r)
		}
		routes = append(routes, r)
	}
	return routes
}

// unresolved is a target group without targets.
func unresolved(r *Route) *Doubt {
	return &Doubt{Reason: TargetPortUnresolved, Because: "no container declares port " + r.TargetPort.StrVal + ", to which Service " + r.Service + " leads"}
}

func plainRoutes(svc *corev1.Service, pods Pods) []Route {
	routes := make([]Route, 0, len(svc.Spec.Ports))
	for i := range svc.Spec.Ports {
		port := &svc.Spec.Ports[i]
		r := Route{Via: ViaService, Service: svc.Name, ServicePort: port.Name}
		describe(&r, svc)
		if port.Name == "" {
			r.ServicePort = strconv.Itoa(int(port.Port))
		}
		place(&r, port, pods)
		routes = append(routes, r)
	}
	return routes
}

// describe notes what matters of the Service itself.
func describe(r *Route, svc *corev1.Service) {
	r.PublishNotReady = svc.Spec.PublishNotReadyAddresses
	r.Headless = svc.Spec.ClusterIP == corev1.ClusterIPNone
}

// place finds the container behind a Service port. A named target port belongs to
// the first container that declares a port of that name and protocol; a number is
// used as it is (Kubernetes pkg/api/v1/pod/util.go, FindPort).
func place(r *Route, port *corev1.ServicePort, pods Pods) {
	r.TargetPort = port.TargetPort
	if r.TargetPort == (intstr.IntOrString{}) {
		r.TargetPort = intstr.FromInt32(port.Port) // API default
	}
	protocol := port.Protocol
	if protocol == "" {
		protocol = corev1.ProtocolTCP
	}
	r.UDP = protocol != corev1.ProtocolTCP
	if r.TargetPort.Type == intstr.Int {
		number := r.TargetPort.IntVal
		r.ContainerPort = &number
	}
	for i := range pods.Containers {
		for _, declared := range pods.Containers[i].Ports {
			if declared.Protocol != protocol || !matches(r.TargetPort, declared) {
				continue
			}
			number := declared.ContainerPort
			r.Container, r.ContainerPort = &pods.Containers[i].Name, &number
			return
		}
	}
}

func matches(target intstr.IntOrString, declared corev1.ContainerPort) bool {
	if target.Type == intstr.String {
		return declared.Name == target.StrVal
	}
	return declared.ContainerPort == target.IntVal
}

func less(a, b *Route) bool {
	if a.Via != b.Via {
		return a.Via < b.Via
	}
	if x, y := a.object(), b.object(); x != y {
		return x < y
	}
	if a.Service != b.Service {
		return a.Service < b.Service
	}
	if a.ServicePort != b.ServicePort {
		return a.ServicePort < b.ServicePort
	}
	return a.Gateway < b.Gateway
}

func named(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
