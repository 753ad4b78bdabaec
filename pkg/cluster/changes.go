package cluster

import (
	"sync"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// EveryNamespace stands for all namespaces where one is named.
const EveryNamespace = ""

// changes tells one listener in which namespaces something has changed that decides
// about routes or settings.
type changes struct {
	mu       sync.Mutex
	listener func(namespace string)
}

func (c *changes) tell(namespace string) {
	c.mu.Lock()
	listener := c.listener
	c.mu.Unlock()
	if listener != nil {
		listener(namespace)
	}
}

// tell names the namespace that an object decides about first of all. That an Ingress may
// put routes of others in doubt, as it shares their load balancer, is left to those who go
// through all namespaces now and then.
func (s *State) tell(o metav1.Object) {
	switch o.(type) {
	case *networkingv1.IngressClass:
		s.graphs.changes.tell(EveryNamespace)
	case *metav1.PartialObjectMetadata:
		s.graphs.changes.tell(o.GetName())
	default:
		s.graphs.changes.tell(o.GetNamespace())
	}
}

// OnChange calls f with the namespace, or [EveryNamespace], after each change of
// something that decides there: the Namespace, its routes, a class. It must return at
// once. A later call replaces f; nil ends it.
func (s *State) OnChange(f func(namespace string)) {
	s.graphs.changes.mu.Lock()
	defer s.graphs.changes.mu.Unlock()
	s.graphs.changes.listener = f
}
