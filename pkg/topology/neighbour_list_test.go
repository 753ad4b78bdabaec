package topology_test

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// neighbour is an Ingress of another namespace, with that namespace's labels.
type neighbour struct {
	Ingress         *networkingv1.Ingress
	NamespaceLabels map[string]string
}

// neighbourList are [topology.Neighbours] that are all in hand.
type neighbourList []neighbour

func (l neighbourList) Tied(to topology.Tie) []*networkingv1.Ingress {
	var out []*networkingv1.Ingress
	for i := range l {
		if slices.Contains(topology.Ties(l[i].Ingress), to) {
			out = append(out, l[i].Ingress)
		}
	}
	return out
}

func (l neighbourList) NamespaceLabels(namespace string) map[string]string {
	for i := range l {
		if l[i].Ingress.Namespace == namespace {
			return l[i].NamespaceLabels
		}
	}
	return nil
}
