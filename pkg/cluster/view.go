package cluster

import (
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// view is what one graph sees beyond its namespace while it is built. It notes what the
// graph depends on. Events of the graph's own namespace and of the cluster forget it anyway.
type view struct {
	*build

	kinds     *optionalKinds
	ingresses *ingresses
	labels    func(namespace string) map[string]string
}

// In implements [topology.Objects].
func (v *view) In(kind topology.Optional, namespace string) []metav1.Object {
	if namespace != "" && namespace != v.namespace {
		v.dependsOn(objectsIn(namespace))
	}
	if w := v.kinds.watch(kind); w != nil {
		return w.in(namespace)
	}
	return nil
}

// Hidden implements [topology.Objects].
func (v *view) Hidden(kind topology.Optional) string {
	if w := v.kinds.watch(kind); w != nil {
		v.awaits(w.unreadUntil()) // first: it may be read in between
		return w.hidden()
	}
	return ""
}

// NamespaceLabels implements [topology.Objects] and [topology.Neighbours].
func (v *view) NamespaceLabels(namespace string) map[string]string {
	if namespace != v.namespace {
		v.dependsOn(labelsOf(namespace))
	}
	return v.labels(namespace)
}

// Tied implements [topology.Neighbours].
func (v *view) Tied(to topology.Tie) []*networkingv1.Ingress {
	v.dependsOn(to)
	return v.ingresses.tiedTo(to, v.namespace)
}
