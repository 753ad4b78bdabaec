package cluster

import "time"

// topic is something that graphs depend on beside the objects of their own namespace and
// the classes, on which every graph depends. It is one of the types below, or a
// topology.Tie: the Ingresses elsewhere that have it.
type topic any

type (
	// labelsOf are the labels of another namespace.
	labelsOf string
	// objectsIn are the objects of optional kinds in another namespace.
	objectsIn string
)

// build is a graph that is being built.
type build struct {
	namespace string
	graphs    *graphs
	// topics and stale are guarded by the lock of the graphs.
	topics map[topic]struct{}
	stale  bool
	// unread is until when the graph is not to be judged by, as a kind that has just
	// appeared is being read; zero where there is none.
	unread time.Time
}

// awaits notes that something is not read yet, and until when to wait for it.
func (b *build) awaits(until time.Time) {
	if until.After(b.unread) {
		b.unread = until
	}
}

// dependsOn must be called before what it names is read: a change after the call makes
// the build stale, and one before it is seen by the reading.
func (b *build) dependsOn(t topic) {
	b.graphs.mu.Lock()
	defer b.graphs.mu.Unlock()
	b.topics[t] = struct{}{}
}

// concerns tells whether a change of a namespace and of topics is one for this graph.
func (b *build) concerns(namespace string, topics []topic) bool {
	if b.namespace == namespace {
		return true
	}
	for _, t := range topics {
		if _, ok := b.topics[t]; ok {
			return true
		}
	}
	return false
}
