package cluster

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rollguard/rollguard/pkg/topology"
)

// graphs keeps one graph for each namespace that somebody asked about. Events throw
// graphs away; the next question builds them again.
type graphs struct {
	options topology.Options
	// sources reads what a graph is built from. Whatever of it is not of the namespace, it
	// must declare with [build.dependsOn] before it reads it.
	sources func(ctx context.Context, b *build) (topology.Sources, error)
	built   func()

	mu    sync.Mutex
	known map[string]entry
	// readers are the namespaces whose graphs depend on a topic.
	readers map[topic]map[string]struct{}
	// building are the graphs that are being built. One that a change concerned meanwhile
	// is used for the request that asked for it, but not kept.
	building map[*build]struct{}

	changes changes
}

// entry is a graph and what it depends on. The graph is nil where somebody only looked, who
// still wants to hear of changes.
type entry struct {
	graph  *topology.Graph
	labels map[string]string
	topics map[topic]struct{}
	// unread: see build.
	unread time.Time
}

func newGraphs(o topology.Options, built func()) *graphs {
	return &graphs{
		options: o, built: built, known: map[string]entry{},
		readers: map[topic]map[string]struct{}{}, building: map[*build]struct{}{},
	}
}

func (g *graphs) get(ctx context.Context, namespace string, labels map[string]string) (*topology.Graph, error) {
	e, err := g.find(ctx, namespace, labels, true)
	return e.graph, err
}

// find builds the graph where it is not known. To keep only what it depends on saves
// memory where somebody goes through all namespaces.
func (g *graphs) find(ctx context.Context, namespace string, labels map[string]string, keep bool) (entry, error) {
	g.mu.Lock()
	if found, ok := g.known[namespace]; ok && found.graph != nil && maps.Equal(found.labels, labels) {
		g.mu.Unlock()
		return found, nil
	}
	b, options := &build{namespace: namespace, graphs: g, topics: map[topic]struct{}{}}, g.options
	g.building[b] = struct{}{}
	g.mu.Unlock()
	defer g.done(b)
	src, err := g.sources(ctx, b)
	if err != nil {
		return entry{}, err
	}
	src.NamespaceLabels, src.Options = labels, options
	graph := topology.NewGraph(src)
	e := entry{labels: labels, topics: b.topics, unread: b.unread}
	if keep {
		g.built()
		e.graph = graph
	}
	g.keep(b, e)
	e.graph = graph
	return e, nil
}

func (g *graphs) done(b *build) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.building, b)
}

func (g *graphs) keep(b *build, e entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.stale || e.graph == nil && g.known[b.namespace].graph != nil {
		return
	}
	g.drop(b.namespace)
	g.known[b.namespace] = e
	for t := range e.topics {
		if g.readers[t] == nil {
			g.readers[t] = map[string]struct{}{}
		}
		g.readers[t][b.namespace] = struct{}{}
	}
}

// drop takes a graph out. The lock is held.
func (g *graphs) drop(namespace string) {
	for t := range g.known[namespace].topics {
		delete(g.readers[t], namespace)
		if len(g.readers[t]) == 0 {
			delete(g.readers, t)
		}
	}
	delete(g.known, namespace)
}

// forget throws away the graph of a namespace, and those that depend on the topics, and
// says whose.
func (g *graphs) forget(namespace string, topics ...topic) {
	g.changes.tell(append(g.dropAll(namespace, topics), namespace)...)
}

// dropAll gives the namespaces of the other graphs that are gone.
func (g *graphs) dropAll(namespace string, topics []topic) (others []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for b := range g.building {
		if b.concerns(namespace, topics) {
			b.stale = true // so it is not kept, and is no reader yet that could be told
			others = append(others, b.namespace)
		}
	}
	g.drop(namespace)
	for _, t := range topics {
		for reader := range g.readers[t] {
			g.drop(reader)
			others = append(others, reader)
		}
	}
	return slices.DeleteFunc(others, func(other string) bool { return other == namespace })
}

// forgetObjects throws away the graphs that depend on optional objects in a namespace, and
// every graph for something of the cluster, "". That a Gateway serves routes of thousands
// of namespaces and changes all the time is no case to fear: a change of the status alone
// is no event, and a graph is built again only when somebody asks for it.
func (g *graphs) forgetObjects(namespace string) {
	if namespace == "" {
		g.forgetAll()
		return
	}
	g.forget(namespace, objectsIn(namespace))
}

// forgetAll throws away every graph, as when a class has changed, and says so.
func (g *graphs) forgetAll() {
	defer g.changes.tell(EveryNamespace)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
}

// clear throws away every graph. The lock is held.
func (g *graphs) clear() {
	for b := range g.building {
		b.stale = true
	}
	clear(g.known)
	clear(g.readers)
}
