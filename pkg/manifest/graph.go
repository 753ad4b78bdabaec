package manifest

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// Graph is the topology of one namespace, built when it is first asked for.
func (s *Set) Graph(namespace string) *topology.Graph {
	if g, ok := s.graphs[namespace]; ok {
		return g
	}
	src := topology.Sources{
		Namespace:       namespace,
		NamespaceLabels: s.namespaceLabels(namespace),
		Ingresses:       trimmed(s.ingresses[namespace], topology.TrimIngress),
		Services:        trimmed(s.services[namespace], topology.TrimService),
		Unread:          s.unread[namespace],
		Classes:         sorted(s.classes[""]),
		Neighbours:      s.neighbours(namespace),
		Objects:         view{s},
		Options:         s.options.Topology,
	}
	g := topology.NewGraph(src)
	s.graphs[namespace] = g
	return g
}

// neighbours are the Ingresses of all other namespaces.
func (s *Set) neighbours(namespace string) topology.NeighbourList {
	var out topology.NeighbourList
	for _, other := range slices.Sorted(maps.Keys(s.ingresses)) {
		if other == namespace {
			continue
		}
		for _, ing := range trimmed(s.ingresses[other], topology.TrimIngress) {
			out = append(out, topology.Neighbour{Ingress: ing, NamespaceLabels: s.namespaceLabels(other)})
		}
	}
	return out
}

// Annotations are the annotations of a Namespace, none when it is not in the files.
func (s *Set) Annotations(namespace string) map[string]string {
	if ns, ok := s.namespaces[namespace]; ok {
		return ns.Annotations
	}
	return nil
}

// namespaceLabels has the label that every namespace has, even for one that is not in
// the files.
func (s *Set) namespaceLabels(namespace string) map[string]string {
	if ns, ok := s.namespaces[namespace]; ok {
		return ns.Labels
	}
	return map[string]string{corev1.LabelMetadataName: namespace}
}

// trimmed are the objects as the webhook keeps them, so that both see the same.
func trimmed[T any](byName map[string]*T, trim func(*T) *T) []*T {
	out := sorted(byName)
	for i := range out {
		out[i] = trim(out[i])
	}
	return out
}

// sorted lists the objects by name, so that the same files give the same answer.
func sorted[T any](byName map[string]*T) []*T {
	out := make([]*T, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}
