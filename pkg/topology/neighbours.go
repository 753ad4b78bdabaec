package topology

import (
	"cmp"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// Neighbours finds the Ingresses of other namespaces that may matter, while a graph is
// built: a cluster has thousands, and few share anything.
type Neighbours interface {
	// Tied are the Ingresses of other namespaces that have this tie, each once, in any
	// order.
	Tied(to Tie) []*networkingv1.Ingress
	// NamespaceLabels are the labels of the namespace of such an Ingress.
	NamespaceLabels(namespace string) map[string]string
}

// Tie is something that Ingresses of different namespaces may have in common so that
// they get into one group, or stop each other's. It is comparable. See [Ties].
type Tie struct {
	kind tieKind
	name string
}

type tieKind int

const (
	tiedByGroup   tieKind = iota // its annotation or a finalizer names the group
	tiedByClass                  // its spec names the class, which may name a group
	tiedByDefault                // it names no class, so it has the default one
)

// Ties are all ties of an Ingress. They follow from the Ingress alone, so that an index
// of them needs to know nothing of classes; whether a tie means something is found out
// when a graph is built.
func Ties(ing *networkingv1.Ingress) []Tie {
	var out []Tie
	if name, ok := (annotations{ingress: ing.Annotations}).lookup("group.name"); ok {
		out = append(out, Tie{tiedByGroup, name})
	}
	for _, finalizer := range ing.Finalizers {
		if name, ok := strings.CutPrefix(finalizer, groupFinalizer); ok && !slices.Contains(out, Tie{tiedByGroup, name}) {
			out = append(out, Tie{tiedByGroup, name})
		}
	}
	if _, ok := ing.Annotations[annotationClass]; ok {
		return out // it decides alone, and leads to no class parameters
	}
	if ing.Spec.IngressClassName == nil {
		return append(out, Tie{kind: tiedByDefault})
	}
	return append(out, Tie{tiedByClass, *ing.Spec.IngressClassName})
}

// neighbours are the Ingresses of other namespaces that may have a say in the groups, in
// the order of their names.
func (g *groups) neighbours(from Neighbours, loader *classLoader) []*networkingv1.Ingress {
	if from == nil || len(g.keys) == 0 {
		return nil
	}
	var out []*networkingv1.Ingress
	for _, tie := range g.ties(loader) {
		out = append(out, from.Tied(tie)...)
	}
	if len(loader.defaults) > 1 {
		// Each Ingress that is left to the default class stops every group. One is enough to
		// say so, and there may be thousands.
		if all := slices.DeleteFunc(from.Tied(Tie{kind: tiedByDefault}), beingDeleted); len(all) > 0 {
			out = append(out, slices.MinFunc(all, byFullName))
		}
	}
	slices.SortFunc(out, byFullName)
	return slices.Compact(out)
}

// ties are those that lead to members of the groups: what names them directly, and the
// classes that put all their Ingresses into one of them.
func (g *groups) ties(loader *classLoader) []Tie {
	var out []Tie
	for name := range g.named {
		out = append(out, Tie{tiedByGroup, name})
	}
	for name, class := range loader.classes {
		group, ok := loader.groupOf(class)
		if !ok || !g.named[group] {
			continue
		}
		out = append(out, Tie{tiedByClass, name})
		if len(loader.defaults) == 1 && loader.defaults[0] == name {
			out = append(out, Tie{kind: tiedByDefault})
		}
	}
	return out
}

func beingDeleted(ing *networkingv1.Ingress) bool { return ing.DeletionTimestamp != nil }

func byFullName(a, b *networkingv1.Ingress) int {
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}
