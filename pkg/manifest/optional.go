package manifest

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// addOptional decodes an object of an optional kind: only the fields in use. One that cannot be
// decoded is kept as that.
func (s *Set) addOptional(o *object, kind *topology.Optional) error {
	into := kind.New()
	err := decode(o, into)
	if err != nil { // it may lead to what it mentions, as it would in a cluster
		into = &topology.Unreadable{ObjectMeta: metav1.ObjectMeta{Namespace: o.namespace, Name: o.name}, Reason: err.Error(), Text: topology.SpecText(o.json)}
	}
	if s.optional[kind.Name()] == nil {
		s.optional[kind.Name()] = kept[metav1.Object]{}
	}
	s.optional[kind.Name()].put(o.namespace, o.name, &into)
	return err
}

// view gives a graph the objects of the optional kinds.
type view struct{ set *Set }

// In implements [topology.Objects].
func (v view) In(kind topology.Optional, namespace string) []metav1.Object {
	byName := v.set.optional[kind.Name()][namespace]
	out := make([]metav1.Object, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, *byName[name])
	}
	return out
}

// Hidden implements [topology.Objects]: what is in the files is known, and what is not
// does not exist, unless whoever read the files knows better.
func (v view) Hidden(kind topology.Optional) string { return v.set.options.Hidden[kind.Name()] }

// NamespaceLabels implements [topology.Objects].
func (v view) NamespaceLabels(namespace string) map[string]string {
	return v.set.namespaceLabels(namespace)
}
