package lbc

import (
	"net"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

// targets returns the addresses that belong into the target group, each with the name
// of its Pod, as LBC's pkg/backend/endpoint_resolver.go finds them: endpoints with a
// Pod reference, of the address family IPv4, on the port of that name, that are ready,
// or whose Pod has ready containers and that do not terminate. The second is how a Pod
// with a readiness gate gets in before it is ready. (LBC asks that its node be ready
// too, and with no ready Pod at all takes those on nodes of an unknown state; the model
// has no ailing nodes.)
func targets(slices []*discoveryv1.EndpointSlice, port string, pod func(name string) *corev1.Pod) map[string]string {
	out := map[string]string{}
	for _, slice := range slices {
		number, ok := portNumber(slice, port)
		if !ok || slice.AddressType != discoveryv1.AddressTypeIPv4 {
			continue
		}
		for i := range slice.Endpoints {
			e := &slice.Endpoints[i]
			if e.TargetRef == nil || e.TargetRef.Kind != "Pod" || !belongs(e, pod) {
				continue
			}
			for _, address := range e.Addresses {
				out[net.JoinHostPort(address, number)] = e.TargetRef.Name
			}
		}
	}
	return out
}

func portNumber(slice *discoveryv1.EndpointSlice, name string) (string, bool) {
	for _, p := range slice.Ports {
		own := ""
		if p.Name != nil {
			own = *p.Name
		}
		if own == name && p.Port != nil {
			return strconv.Itoa(int(*p.Port)), true
		}
	}
	return "", false
}

func belongs(e *discoveryv1.Endpoint, pod func(name string) *corev1.Pod) bool {
	if e.Conditions.Ready == nil || *e.Conditions.Ready {
		return true
	}
	if e.Conditions.Terminating != nil && *e.Conditions.Terminating {
		return false
	}
	p := pod(e.TargetRef.Name)
	return p != nil && condition(p, corev1.ContainersReady) == corev1.ConditionTrue
}

// condition returns the status of a condition, empty without one.
func condition(p *corev1.Pod, kind corev1.PodConditionType) corev1.ConditionStatus {
	for _, c := range p.Status.Conditions {
		if c.Type == kind {
			return c.Status
		}
	}
	return ""
}
