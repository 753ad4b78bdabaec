package topology

import (
	"errors"
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// backend is one target group of an ALB: an Ingress and one port of a Service. A port
// that is named once by name and once by number makes two.
type backend struct {
	service *corev1.Service
	port    *corev1.ServicePort
	// route holds all but the container, which depends on the Pods.
	route Route
}

func portName(p networkingv1.ServiceBackendPort) string {
	if p.Name != "" {
		return p.Name
	}
	return strconv.Itoa(int(p.Number))
}

func newBackend(m *member, svc *corev1.Service, ref networkingv1.ServiceBackendPort) (*backend, error) {
	port := servicePort(svc, ref)
	if port == nil {
		return nil, fmt.Errorf("names port %s of Service %s, which has no such port", portName(ref), svc.Name)
	}
	name := m.ing.Namespace + "/" + m.ing.Name
	b := &backend{service: svc, port: port, route: Route{
		Via:         ViaIngress,
		Controller:  m.class.controller,
		Ingress:     &name,
		Service:     svc.Name,
		ServicePort: portName(ref),
	}}
	settings := annotations{service: svc.Annotations, ingress: m.ing.Annotations}
	if err := targetGroup(&b.route, settings, m.class, b); err != nil {
		return nil, err
	}
	if ipv6(svc) && !m.dualStack() {
		return nil, errors.New("has a load balancer of IPv4 only, and Service " + svc.Name + " is of IPv6")
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
