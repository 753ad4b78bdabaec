package manifest

import (
	"maps"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// neighbours gives the graph of one namespace the Ingresses of the others.
type neighbours struct {
	set *Set
	own string
}

// Tied implements [topology.Neighbours].
func (n neighbours) Tied(to topology.Tie) []*networkingv1.Ingress {
	var out []*networkingv1.Ingress
	for _, ing := range n.set.ties()[to] {
		if ing.Namespace != n.own {
			out = append(out, ing)
		}
	}
	return out
}

// NamespaceLabels implements [topology.Neighbours].
func (n neighbours) NamespaceLabels(namespace string) map[string]string {
	return n.set.namespaceLabels(namespace)
}

// ties is an index of all Ingresses by what they may have in common: a cluster has
// thousands, and each graph would look through all of them.
func (s *Set) ties() map[topology.Tie][]*networkingv1.Ingress {
	if s.tied != nil {
		return s.tied
	}
	s.tied = map[topology.Tie][]*networkingv1.Ingress{}
	for _, namespace := range slices.Sorted(maps.Keys(s.ingresses)) {
		for _, ing := range sorted(s.ingresses[namespace]) {
			for _, tie := range topology.Ties(ing) {
				s.tied[tie] = append(s.tied[tie], ing)
			}
		}
	}
	return s.tied
}
