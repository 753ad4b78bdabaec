package topology

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// LabelReadinessGate is the namespace label that makes LBC add readiness gates
// (LBC docs/deploy/pod_readiness_gate.md).
const LabelReadinessGate = "elbv2.k8s.aws/pod-readiness-gate-inject"

// Sources are the objects that a graph is built from. Nothing in them is changed or
// copied: they must stay as they are for as long as the graph is in use.
type Sources struct {
	Namespace       string
	NamespaceLabels map[string]string
	// Ingresses and Services of the namespace.
	Ingresses []*networkingv1.Ingress
	Services  []*corev1.Service
	// Unread are objects of the namespace that could not be decoded and may lead to any of
	// its Pods.
	Unread []Gap
	// Neighbours are the Ingresses of other namespaces; nil when there are none. They are
	// asked for while the graph is built, and not after.
	Neighbours Neighbours
	// Cluster-scoped objects. MissingClass is a clause on a class that is not among them;
	// empty is "does not exist". ClassesUnseen says that IngressClasses may not be read: one
	// that is not among them may exist.
	Classes       []*networkingv1.IngressClass
	MissingClass  string
	ClassesUnseen bool
	ClassParams   []*IngressClassParams
	// Objects are those of the optional kinds; nil when there are none. They are asked
	// for while the graph is built, and not after.
	Objects Objects
	Options Options
	// hiddenParams says why class parameters of a group are not known.
	hiddenParams map[string]string
}

// Options say how this cluster's LBC is set up.
type Options struct {
	// ClassAnnotations are the values of the annotation kubernetes.io/ingress.class
	// that LBC takes for its own (its flag --ingress-class). Empty means "alb".
	ClassAnnotations []string
	// DefaultTargetType is LBC's flag --default-target-type. Empty means "instance".
	DefaultTargetType string
}

// Graph knows who sends traffic where in one namespace. It is immutable and safe
// for concurrent use.
type Graph struct {
	readinessGate bool
	services      serviceIndex
	// backends are the target groups that lead to each Service, by its name.
	backends map[string][]backend
	gaps     gapIndex
	unread   []Gap
	// expected are those Services, by name, that seem to wait for an Ingress.
	expected map[string]*Expected
}

// NewGraph looks through every door once, so that an exposure is a walk over the
// Services of one Deployment.
func NewGraph(src Sources) *Graph {
	g := &Graph{
		readinessGate: src.NamespaceLabels[LabelReadinessGate] == "enabled",
		services:      indexServices(src.Services),
		backends:      map[string][]backend{},
		unread:        src.Unread,
	}
	byName := make(map[string]*corev1.Service, len(src.Services))
	for _, svc := range src.Services {
		byName[svc.Name] = svc
	}
	in := &inputs{Sources: &src, services: byName, found: g.backends}
	var blinds []blind
	for _, open := range doors() {
		backends, gaps := open(in)
		blinds = append(blinds, gaps...)
		for _, b := range backends {
			g.backends[b.service.Name] = append(g.backends[b.service.Name], b)
		}
	}
	g.gaps = indexGaps(append(blinds, in.gaps...))
	g.expected = g.expectALB(&src)
	return g
}
