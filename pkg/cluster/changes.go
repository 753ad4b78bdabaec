package cluster

import "sync"

// EveryNamespace stands for all namespaces where one is named.
const EveryNamespace = ""

// changes tells one listener in which namespaces something has changed that decides
// about routes or settings.
type changes struct {
	mu       sync.Mutex
	listener func(namespace string)
}

func (c *changes) tell(namespaces ...string) {
	c.mu.Lock()
	listener := c.listener
	c.mu.Unlock()
	if listener == nil {
		return
	}
	for _, namespace := range namespaces {
		listener(namespace)
	}
}

// OnChange calls f with the namespace, or [EveryNamespace], after each change of
// something that decides there: the Namespace, its routes, an Ingress elsewhere that shares a
// load balancer with it, a class. It must return at
// once. A later call replaces f; nil ends it.
func (s *State) OnChange(f func(namespace string)) {
	s.graphs.changes.mu.Lock()
	defer s.graphs.changes.mu.Unlock()
	s.graphs.changes.listener = f
}
