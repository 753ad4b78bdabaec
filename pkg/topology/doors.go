package topology

import corev1 "k8s.io/api/core/v1"

// door is one way by which a load balancer comes to send traffic to Services: it finds
// the target groups that lead to the Services of the namespace, and says what it could
// not read.
type door func(in *inputs) ([]backend, []blind)

// doors are all doors, in the order in which they are looked through. A Service that
// none of them leads to is left with its own ports: see plainRoutes.
func doors() []door {
	return []door{
		ingressDoor,
		gatewayDoor,
		nlbDoor,
		targetGroupBindingDoor, // last: it looks at what the others found
	}
}

// inputs are what doors look at.
type inputs struct {
	*Sources
	// services are those of the namespace, by name.
	services map[string]*corev1.Service
	// found are the target groups that earlier doors found, by Service.
	found map[string][]backend
	// gaps are about every Service of the namespace.
	gaps []blind
}
