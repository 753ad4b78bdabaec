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
	// epoch counts the events. A graph that was built while something changed is used
	// for the request that asked for it, but not kept.
	epoch uint64

	changes changes
}

type entry struct {
	graph  *topology.Graph
	labels map[string]string
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
	}
	return graph, nil
}

// forget throws away the graph of one namespace.
func (g *graphs) forget(namespace string) {
	defer g.changes.tell(namespace)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
	delete(g.known, namespace)
}

// forgetAll throws away every graph: a class has changed.
func (g *graphs) forgetAll() {
	defer g.changes.tell(EveryNamespace)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
	clear(g.known)
}
