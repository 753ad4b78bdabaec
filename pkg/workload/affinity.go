package workload

import (
	"slices"

	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
)

// nodeEach tells whether the Pods of a template may not share a node with each other: a
// required anti-affinity over nodes selects the template's own labels. It is read
// leniently, as nothing is written because of it, and without using memory.
func nodeEach(spec *fastjson.Value, namespace string, labels map[string]string) bool {
	for _, term := range spec.GetArray("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution") {
		if string(term.GetStringBytes("topologyKey")) == corev1.LabelHostname &&
			selectsNamespace(term, namespace) &&
			!contains(term.GetArray("matchLabelKeys"), "pod-template-hash") && // each revision for itself
			selectsLabels(term.Get("labelSelector"), labels) {
			return true
		}
	}
	return false
}

// selectsNamespace: without names and selector a term is about the Pod's own namespace.
// A selector that selects by labels cannot be judged here and does not count.
func selectsNamespace(term *fastjson.Value, namespace string) bool {
	names, selector := term.GetArray("namespaces"), term.GetObject("namespaceSelector")
	if selector != nil && selector.Len() == 0 || selector == nil && len(names) == 0 {
		return true
	}
	return contains(names, namespace)
}

// selectsLabels: an absent selector selects nothing, an empty one everything.
func selectsLabels(selector *fastjson.Value, labels map[string]string) bool {
	if selector == nil || selector.Type() != fastjson.TypeObject {
		return false
	}
	all := true
	if matchLabels := selector.GetObject("matchLabels"); matchLabels != nil {
		matchLabels.Visit(func(key []byte, v *fastjson.Value) {
			value, ok := labels[string(key)]
			all = all && ok && value == string(v.GetStringBytes())
		})
	}
	return all && !slices.ContainsFunc(selector.GetArray("matchExpressions"), func(e *fastjson.Value) bool {
		return !meets(e, labels)
	})
}

func meets(expression *fastjson.Value, labels map[string]string) bool {
	value, ok := labels[string(expression.GetStringBytes("key"))]
	in := ok && contains(expression.GetArray("values"), value)
	switch string(expression.GetStringBytes("operator")) {
	case "In":
		return in
	case "NotIn":
		return !in
	case "Exists":
		return ok
	case "DoesNotExist":
		return !ok
	}
	return false
}

func contains(list []*fastjson.Value, text string) bool {
	for _, item := range list {
		if item.Type() == fastjson.TypeString && string(item.GetStringBytes()) == text {
			return true
		}
	}
	return false
}
