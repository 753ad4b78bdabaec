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

func (c *changes) tell(namespace string) {
	c.mu.Lock()
	listener := c.listener
	c.mu.Unlock()
	if listener != nil {
		listener(namespace)
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
