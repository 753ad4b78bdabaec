package selfprobe

import (
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/rollguard/rollguard/pkg/api"
)

const neverCalled = "Rollguard is never called"

// rules notes for which writes the API server calls.
func (p *pair) rules() {
	is, has := ruleText(p.is.Rules), ruleText(p.has.Rules)
	d := Difference{Field: rulesField, Is: is, Has: has, Effect: Otherwise}
	var missing []string
	operations := p.has.Rules[0].Operations
	for _, operation := range operations {
		if !callsFor(p.is.Rules, operation) {
			missing = append(missing, string(operation))
		}
	}
	switch len(missing) {
	case 0:
	case len(operations):
		d.Effect, d.So = NeverCalled, neverCalled
	default:
		d.Effect, d.So = CalledLess, fmt.Sprintf("Rollguard is not called for %s of apps/v1 deployments", strings.Join(missing, ", "))
	}
	p.unless(is == has, d)
}

func ruleText(rules []admissionregistrationv1.RuleWithOperations) string {
	var out []string
	for i := range rules {
		r := &rules[i]
		operations := make([]string, len(r.Operations))
		for n, o := range r.Operations {
			operations[n] = string(o)
		}
		scope := admissionregistrationv1.AllScopes // API default
		if r.Scope != nil {
			scope = *r.Scope
		}
		out = append(out, fmt.Sprintf("%s of %s/%s %s, scope %s", sorted(operations), sorted(r.APIGroups), sorted(r.APIVersions), sorted(r.Resources), scope))
	}
	return sorted(out)
}

func sorted(words []string) string { return strings.Join(slices.Sorted(slices.Values(words)), ", ") }

func callsFor(rules []admissionregistrationv1.RuleWithOperations, operation admissionregistrationv1.OperationType) bool {
	has := func(list []string, words ...string) bool {
		return slices.ContainsFunc(append(words, "*"), func(w string) bool { return slices.Contains(list, w) })
	}
	return slices.ContainsFunc(rules, func(r admissionregistrationv1.RuleWithOperations) bool {
		return has(r.APIGroups, "apps") && has(r.APIVersions, "v1") && has(r.Resources, "deployments", "*/*") &&
			(r.Scope == nil || *r.Scope != admissionregistrationv1.ClusterScope) &&
			(slices.Contains(r.Operations, operation) || slices.Contains(r.Operations, admissionregistrationv1.OperationAll))
	})
}

// namespaces notes from which namespaces the API server calls. The chart excludes more of
// them where its values say so.
func (p *pair) namespaces() {
	is, has := selectorText(p.withoutMore()), selectorText(p.has.NamespaceSelector)
	d := Difference{Field: namespacesField, Is: selectorText(p.is.NamespaceSelector), Has: has, Effect: Otherwise}
	switch wanted := "the label " + api.LabelInject + "=" + api.InjectEnabled; {
	case narrower(p.withoutMore(), p.has.NamespaceSelector):
		d.Effect, d.So = OthersLess, "Rollguard is not called for all namespaces with "+wanted
	case p.is.Name == MainWebhook:
		d.So = "Rollguard is called for namespaces that are none of its business"
	}
	enabled := labels.Set{api.LabelInject: api.InjectEnabled, corev1.LabelMetadataName: p.place.Probe}
	if !selects(p.is.NamespaceSelector, enabled) {
		d.Effect, d.So = CalledLess, fmt.Sprintf("Rollguard is not called for namespaces with the label %s=%s and no other", api.LabelInject, api.InjectEnabled)
		enabled[corev1.LabelMetadataName] = "any"
		if selects(p.is.NamespaceSelector, enabled) {
			d.So = "Rollguard is not called for namespace " + p.place.Probe + ", and the self-probe cannot work"
		}
		is = d.Is
	}
	p.unless(is == has, d)
}

// withoutMore is the namespace selector without the namespaces that only it excludes.
func (p *pair) withoutMore() *metav1.LabelSelector {
	known := func(key string, operator metav1.LabelSelectorOperator) []string {
		for _, e := range p.has.NamespaceSelector.MatchExpressions {
			if e.Key == key && e.Operator == operator {
				return e.Values
			}
		}
		return nil
	}
	if p.is.NamespaceSelector == nil {
		return nil
	}
	out := p.is.NamespaceSelector.DeepCopy()
	for i := range out.MatchExpressions {
		e := &out.MatchExpressions[i]
		if wanted := known(e.Key, e.Operator); wanted != nil && e.Operator == metav1.LabelSelectorOpNotIn {
			ours := slices.DeleteFunc(slices.Clone(e.Values), func(v string) bool { return !slices.Contains(wanted, v) })
			if len(ours) > 0 { // else it is an expression of somebody's, which the chart does not make
				e.Values = ours
			}
		}
	}
	return out
}

// objects notes for which Deployments the API server calls.
func (p *pair) objects() {
	is, has := selectorText(p.is.ObjectSelector), selectorText(p.has.ObjectSelector)
	p.unless(is == has, Difference{
		Field: "objectSelector", Is: is, Has: has, Effect: CalledLess,
		So: "Rollguard is not called for all Deployments",
	})
}

// selectorText is a selector as kubectl writes it, "" for one that takes everything.
func selectorText(selector *metav1.LabelSelector) string {
	if selector == nil {
		return ""
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return err.Error()
	}
	all, _ := s.Requirements()
	out := make([]string, len(all))
	for i := range all {
		r := &all[i]
		if out[i] = r.String(); r.Operator() == selection.In && r.Values().Len() == 1 {
			out[i] = r.Key() + "=" + r.ValuesUnsorted()[0] // the same in other words
		}
	}
	return strings.Join(out, ", ")
}

// selects tells whether a selector takes an object that has these labels, and those
// that any object may have. None takes everything.
func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	if selector == nil {
		return true
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(set)
}

// conditions notes what else must hold for the API server to call.
func (p *pair) conditions() {
	is, has := conditionsOf(p.is), conditionsOf(p.has)
	names := map[string]bool{}
	for _, c := range append(slices.Clone(p.is.MatchConditions), p.has.MatchConditions...) {
		if names[c.Name] {
			continue
		}
		names[c.Name] = true
		d := Difference{Field: fmt.Sprintf("matchConditions[%s]", c.Name), Is: is[c.Name], Has: has[c.Name], Effect: CalledLess, So: "Rollguard is not called where it is not true"}
		switch d.Is {
		case "":
			d.Effect, d.So = Otherwise, "Rollguard is called for writes that are none of its business"
		case `"false"`:
			d.Effect, d.So = NeverCalled, neverCalled
		}
		p.unless(d.Is == d.Has, d)
	}
}

// conditionsOf are the expressions, in quotes, by name. White space means nothing in them.
func conditionsOf(w *admissionregistrationv1.MutatingWebhook) map[string]string {
	out := map[string]string{}
	for _, c := range w.MatchConditions {
		out[c.Name] = `"` + strings.Join(strings.Fields(c.Expression), " ") + `"`
	}
	return out
}
