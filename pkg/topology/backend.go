package topology

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// useAnnotation as a backend's port name says that the backend's name is an action,
// told by an annotation (LBC pkg/ingress/enhanced_backend_builder.go).
const useAnnotation = "use-annotation"

// backend is one target group of an ALB: an Ingress and one port of a Service.
type backend struct {
	service *corev1.Service
	port    *corev1.ServicePort
	// route holds all but the container, which depends on the Pods.
	route Route
}

// ingressBackends are the target groups that an Ingress makes. A port that is named
// once by name and once by number makes two.
func ingressBackends(ing *networkingv1.Ingress, class *class, services map[string]*corev1.Service) ([]backend, []blind) {
	var (
		out  []backend
		gaps []blind
		seen = map[string]bool{}
	)
	for _, b := range pathBackends(ing) {
		if b.Service == nil {
			gaps = append(gaps, *ingressGap(ing, "has a resource backend, which LBC refuses"))
			continue
		}
		if b.Service.Port.Name == useAnnotation {
			gaps = append(gaps, *actionGap(ing, b.Service.Name))
			continue
		}
		key := b.Service.Name + "\x00" + portName(b.Service.Port)
		if seen[key] {
			continue
		}
		seen[key] = true
		svc, ok := services[b.Service.Name]
		if !ok {
			gaps = append(gaps, *ingressGap(ing, fmt.Sprintf("names Service %s, which does not exist", b.Service.Name), b.Service.Name))
			continue
		}
		made, err := newBackend(ing, class, svc, b.Service.Port)
		if err != nil {
			gaps = append(gaps, *ingressGap(ing, err.Error(), b.Service.Name))
			continue
		}
		out = append(out, *made)
	}
	return out, gaps
}

func pathBackends(ing *networkingv1.Ingress) []*networkingv1.IngressBackend {
	var out []*networkingv1.IngressBackend
	if ing.Spec.DefaultBackend != nil {
		out = append(out, ing.Spec.DefaultBackend)
	}
	for i := range ing.Spec.Rules {
		rule := ing.Spec.Rules[i].HTTP
		if rule == nil {
			continue
		}
		for j := range rule.Paths {
			out = append(out, &rule.Paths[j].Backend)
		}
	}
	return out
}

func portName(p networkingv1.ServiceBackendPort) string {
	if p.Name != "" {
		return p.Name
	}
	return strconv.Itoa(int(p.Number))
}

func newBackend(ing *networkingv1.Ingress, class *class, svc *corev1.Service, ref networkingv1.ServiceBackendPort) (*backend, error) {
	port := servicePort(svc, ref)
	if port == nil {
		return nil, fmt.Errorf("names port %s of Service %s, which has no such port", portName(ref), svc.Name)
	}
	name := ing.Namespace + "/" + ing.Name
	b := &backend{service: svc, port: port, route: Route{
		Via:         ViaIngress,
		Controller:  class.controller,
		Ingress:     &name,
		Service:     svc.Name,
		ServicePort: portName(ref),
	}}
	settings := annotations{service: svc.Annotations, ingress: ing.Annotations}
	if err := targetGroup(&b.route, settings, class, b); err != nil {
		return nil, err
	}
	return b, nil
}

// servicePort finds the port by name, or else by number, where the first port of
// that number wins whatever its protocol.
func servicePort(svc *corev1.Service, ref networkingv1.ServiceBackendPort) *corev1.ServicePort {
	for i := range svc.Spec.Ports {
		p := &svc.Spec.Ports[i]
		if ref.Name != "" && p.Name == ref.Name || ref.Name == "" && p.Port == ref.Number {
			return p
		}
	}
	return nil
}
