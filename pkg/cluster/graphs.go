package cluster

import (
	"context"
	"maps"
	"sync"

	"github.com/rollguard/rollguard/pkg/topology"
)

// graphs keeps one graph for each namespace that somebody asked about. Events throw
// graphs away; the next question builds them again.
type graphs struct {
	options topology.Options
	sources func(ctx context.Context, namespace string) (topology.Sources, error)
	built   func()

	mu    sync.Mutex
	known map[string]entry
	// readers are the namespaces whose graphs depend on objects of another one: on its
	// Gateways, its routes, its labels. It may name graphs that are gone.
	readers map[string]map[string]struct{}
	// epoch counts the events. A graph that was built while something changed is used
	// for the request that asked for it, but not kept.
	epoch uint64

	changes changes
}

type entry struct {
	graph  *topology.Graph
	labels map[string]string
}

// dependent sources know which other namespaces a graph depends on, once it is built.
type dependent interface {
	namespaces() map[string]struct{}
}

func (g *graphs) get(ctx context.Context, namespace string, labels map[string]string) (*topology.Graph, error) {
	g.mu.Lock()
	found, ok := g.known[namespace]
	epoch, options := g.epoch, g.options
	g.mu.Unlock()
	if ok && maps.Equal(found.labels, labels) {
		return found.graph, nil
	}
	src, err := g.sources(ctx, namespace)
	if err != nil {
		return nil, err
	}
	src.NamespaceLabels, src.Options = labels, options
	graph := topology.NewGraph(src)
	g.built()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.epoch == epoch {
		g.known[namespace] = entry{graph: graph, labels: labels}
		if d, ok := src.Objects.(dependent); ok {
			g.remember(namespace, d.namespaces())
		}
	}
	return graph, nil
}

func (g *graphs) remember(namespace string, others map[string]struct{}) {
	for other := range others {
		if g.readers == nil {
			g.readers = map[string]map[string]struct{}{}
		}
		if g.readers[other] == nil {
			g.readers[other] = map[string]struct{}{}
		}
		g.readers[other][namespace] = struct{}{}
	}
}

// forget throws away the graph of one namespace.
func (g *graphs) forget(namespace string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
	delete(g.known, namespace)
}

// forgetReaders throws away the graph of a namespace and those that depend on objects in
// it, and every graph for something of the cluster, "". That a Gateway serves routes of
// thousands of namespaces and changes all the time is no case to fear: a change of the
// status alone is no event, and a graph is built again only when somebody asks for it.
func (g *graphs) forgetReaders(namespace string) {
	if namespace == "" {
		g.reset()
		return
	}
	g.mu.Lock()
	g.epoch++
	delete(g.known, namespace)
	readers := g.readers[namespace]
	for reader := range readers {
		delete(g.known, reader)
	}
	delete(g.readers, namespace)
	g.mu.Unlock()
	g.changes.tell(namespace)
	for reader := range readers {
		g.changes.tell(reader)
	}
}

// reset throws away every graph, and says so.
func (g *graphs) reset() {
	g.forgetAll()
	g.changes.tell(EveryNamespace)
}

// forgetAll throws away every graph: a class has changed.
func (g *graphs) forgetAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
	clear(g.known)
	clear(g.readers)
}
