package cluster

import (
	"sync"

	"go.uber.org/zap"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// ingresses are those of the cluster, with an index of what they have in common across
// namespaces: a graph asks for the few that share a group with its own, and a change
// forgets the graphs of those only.
type ingresses struct {
	*store[*networkingv1.Ingress]

	// forget is told of a change in a namespace, and of all ties that the Ingress had before
	// or has now.
	forget func(namespace string, topics ...topic)

	mu   sync.RWMutex
	tied map[topology.Tie]map[*networkingv1.Ingress]struct{}
}

func newIngresses(forget func(string, ...topic), log *zap.Logger) *ingresses {
	i := &ingresses{forget: forget, tied: map[topology.Tie]map[*networkingv1.Ingress]struct{}{}}
	i.store = &store[*networkingv1.Ingress]{
		kind: "Ingress", trim: topology.TrimIngress, changed: i.change, log: log, known: map[string]map[string]*networkingv1.Ingress{},
	}
	return i
}

// change first makes the index right and then forgets, so that whoever is built after it
// sees the change.
func (i *ingresses) change(before, after *networkingv1.Ingress) {
	var topics []topic
	var namespace string
	i.mu.Lock()
	if before != nil {
		namespace = before.Namespace
		for _, tie := range topology.Ties(before) {
			topics = append(topics, tie)
			delete(i.tied[tie], before)
			if len(i.tied[tie]) == 0 {
				delete(i.tied, tie)
			}
		}
	}
	if after != nil {
		namespace = after.Namespace
		for _, tie := range topology.Ties(after) {
			topics = append(topics, tie)
			if i.tied[tie] == nil {
				i.tied[tie] = map[*networkingv1.Ingress]struct{}{}
			}
			i.tied[tie][after] = struct{}{}
		}
	}
	i.mu.Unlock()
	i.forget(namespace, topics...)
}

// tiedTo are the Ingresses of other namespaces that have a tie.
func (i *ingresses) tiedTo(tie topology.Tie, own string) []*networkingv1.Ingress {
	i.mu.RLock()
	defer i.mu.RUnlock()
	var out []*networkingv1.Ingress
	for ing := range i.tied[tie] {
		if ing.Namespace != own {
			out = append(out, ing)
		}
	}
	return out
}
