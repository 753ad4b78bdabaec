package mutator

import (
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// what is something that may be written, and of which a mutator may be asked.
type what struct {
	group, version, resource string // with the subresource
	operations               []admissionregistrationv1.OperationType
}

// Of a Pod nothing that Rollguard sets can change once it is there.
func pods() what {
	return what{"", "v1", "pods", []admissionregistrationv1.OperationType{admissionregistrationv1.Create}}
}

func evictions() what {
	return what{"", "v1", "pods/eviction", []admissionregistrationv1.OperationType{admissionregistrationv1.Create}}
}

func deployments() what {
	return what{"apps", "v1", "deployments", []admissionregistrationv1.OperationType{admissionregistrationv1.Create, admissionregistrationv1.Update}}
}

// anyOf tells whether one of the rules is about w.
func anyOf(rules []admissionregistrationv1.RuleWithOperations, w what) bool {
	return slices.ContainsFunc(rules, func(r admissionregistrationv1.RuleWithOperations) bool { return about(&r, w) })
}

// about matches as the API server does (apiserver
// pkg/admission/plugin/webhook/predicates/rules/rules.go).
func about(r *admissionregistrationv1.RuleWithOperations, w what) bool {
	has := func(list []string, word string) bool {
		return slices.Contains(list, "*") || slices.Contains(list, word)
	}
	operation := slices.ContainsFunc(r.Operations, func(o admissionregistrationv1.OperationType) bool {
		return o == admissionregistrationv1.OperationAll || slices.Contains(w.operations, o)
	})
	resource, sub, _ := strings.Cut(w.resource, "/")
	named := slices.ContainsFunc(r.Resources, func(pattern string) bool {
		first, second, _ := strings.Cut(pattern, "/")
		return (first == "*" || first == resource) && (second == "*" || second == sub)
	})
	return operation && named && has(r.APIGroups, w.group) && has(r.APIVersions, w.version) &&
		(r.Scope == nil || *r.Scope != admissionregistrationv1.ClusterScope)
}

// rulesOf are the rules of a policy without the names of objects: any of them may be written.
func rulesOf(named []admissionregistrationv1.NamedRuleWithOperations) []admissionregistrationv1.RuleWithOperations {
	out := make([]admissionregistrationv1.RuleWithOperations, len(named))
	for i := range named {
		out[i] = named[i].RuleWithOperations
	}
	return out
}

// selected are the names of the namespaces that a selector takes; none takes all.
func selected(selector *metav1.LabelSelector, among []Namespace) []string {
	s := labels.Everything()
	if selector != nil {
		var err error
		if s, err = metav1.LabelSelectorAsSelector(selector); err != nil {
			return nil // the API server refuses it too
		}
	}
	var out []string
	for _, n := range among {
		if s.Matches(labels.Set(n.Labels)) {
			out = append(out, n.Name)
		}
	}
	return out
}

// selectorText is a selector of objects as kubectl writes it, "" for one that takes all.
func selectorText(selector *metav1.LabelSelector) string {
	if selector == nil || len(selector.MatchLabels)+len(selector.MatchExpressions) == 0 {
		return ""
	}
	return metav1.FormatLabelSelector(selector)
}
