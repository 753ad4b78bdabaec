package cluster

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// view is what one graph sees of the optional kinds while it is built. It notes which
// other namespaces the graph depends on.
type view struct {
	kinds  *optionalKinds
	labels func(namespace string) map[string]string
	// own is the graph's namespace: its events forget the graph anyway, as do those of
	// the cluster.
	own    string
	others map[string]struct{}
}

// In implements [topology.Objects].
func (v *view) In(kind topology.Optional, namespace string) []metav1.Object {
	v.dependsOn(namespace)
	if w := v.kinds.watch(kind); w != nil {
		return w.in(namespace)
	}
	return nil
}

// Hidden implements [topology.Objects].
func (v *view) Hidden(kind topology.Optional) string {
	if w := v.kinds.watch(kind); w != nil {
		return w.hidden()
	}
	return ""
}

// NamespaceLabels implements [topology.Objects].
func (v *view) NamespaceLabels(namespace string) map[string]string {
	v.dependsOn(namespace)
	return v.labels(namespace)
}

func (v *view) dependsOn(namespace string) {
	if namespace == "" || namespace == v.own {
		return
	}
	if v.others == nil {
		v.others = map[string]struct{}{}
	}
	v.others[namespace] = struct{}{}
}

// namespaces are the other namespaces that the graph depends on.
func (v *view) namespaces() map[string]struct{} { return v.others }
