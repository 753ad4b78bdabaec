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
	unseen := s.classesUnseen()
	if unseen {
		s.assumeClasses()
	}
	src := topology.Sources{
		Namespace:       namespace,
		NamespaceLabels: s.namespaceLabels(namespace),
		Ingresses:       sorted(s.ingresses[namespace]),
		Services:        s.Services(namespace),
		Unread:          s.unread[namespace],
		Classes:         sorted(s.classes[""]),
		MissingClass:    s.missingClass(),
		ClassesUnseen:   unseen,
		Neighbours:      neighbours{s, namespace},
		Objects:         view{s},
		Options:         s.options.Topology,
	}
	g := topology.NewGraph(src)
	s.graphs[namespace] = g
	return g
}

// Services are those of a namespace, sorted by name.
func (s *Set) Services(namespace string) []*corev1.Service { return sorted(s.services[namespace]) }

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

// sorted lists the objects by name, so that the same files give the same answer.
func sorted[T any](byName map[string]*T) []*T {
	out := make([]*T, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}
