package cluster

import "github.com/rollguard/rollguard/pkg/topology"

// SetTopology says anew how the cluster's load balancer controller is set up. Every graph
// is built again when it is asked for.
func (s *State) SetTopology(o topology.Options) { s.graphs.reconfigure(o) }

func (g *graphs) reconfigure(o topology.Options) {
	defer g.changes.tell(EveryNamespace)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.options = o
	g.clear()
}
