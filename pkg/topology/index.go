package topology

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// label is one pair of a selector.
type label struct{ key, value string }

// serviceIndex finds the Services that select some Pods without a look at all the
// others: each Service stands under one pair of its selector, the one that the fewest
// Services have, as a label that all of them have tells nothing.
type serviceIndex map[label][]*corev1.Service

func indexServices(services []*corev1.Service) serviceIndex {
	shared := map[label]int{}
	for _, svc := range services {
		for key, value := range svc.Spec.Selector {
			shared[label{key, value}]++
		}
	}
	x := make(serviceIndex, len(services))
	for _, svc := range services {
		if len(svc.Spec.Selector) > 0 {
			place := rarest(svc.Spec.Selector, shared)
			x[place] = append(x[place], svc)
		}
	}
	return x
}

// rarest does not depend on the order of the map.
func rarest(selector map[string]string, shared map[label]int) label {
	var best label
	for key, value := range selector {
		l := label{key, value}
		if best.key == "" || shared[l] < shared[best] || shared[l] == shared[best] && key < best.key {
			best = l
		}
	}
	return best
}

// selecting adds the Services that select Pods with these labels, sorted by name.
func (x serviceIndex) selecting(labels map[string]string, found []*corev1.Service) []*corev1.Service {
	for key, value := range labels {
		for _, svc := range x[label{key, value}] {
			if selects(svc, labels) {
				found = append(found, svc)
			}
		}
	}
	slices.SortFunc(found, func(a, b *corev1.Service) int { return strings.Compare(a.Name, b.Name) })
	return found
}
