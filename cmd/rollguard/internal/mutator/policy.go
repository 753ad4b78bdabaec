package mutator

import (
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/api"
)

// words are the names of the fields that Rollguard sets, and of those that they are in.
func words() []string {
	return []string{
		"rollingUpdate", "maxSurge", "maxUnavailable", "minReadySeconds", "progressDeadlineSeconds",
		"terminationGracePeriodSeconds", "preStop", "lifecycle", "readinessProbe", "startupProbe",
	}
}

// named are the fields of Rollguard's that a text names.
func named(text string) []string {
	return slices.DeleteFunc(words(), func(word string) bool { return !strings.Contains(text, word) })
}

// policies are those of the API server. One without a binding does nothing, and one that
// names no field of ours does nothing to us.
func (c *Cluster) policies() []Mutator {
	var out []Mutator
	for i := range c.Policies {
		p := &c.Policies[i]
		text := textOf(p)
		m := Mutator{Name: "MutatingAdmissionPolicy " + p.Name, policy: true, Fields: named(text), own: strings.Contains(text, api.Prefix+"profile")}
		if len(m.Fields) == 0 || never(p.Spec.MatchConditions) {
			continue
		}
		for n := range c.Bindings {
			if b := &c.Bindings[n]; b.Spec.PolicyName == p.Name {
				c.bind(&m, p.Spec.MatchConstraints, b.Spec.MatchResources)
			}
		}
		if len(m.Namespaces) > 0 {
			slices.Sort(m.Namespaces)
			m.Namespaces = slices.Compact(m.Namespaces)
			out = append(out, m)
		}
	}
	return out
}

// textOf is what a policy writes, in CEL. What it only looks at, in its conditions, is no
// change.
func textOf(p *admissionregistrationv1.MutatingAdmissionPolicy) string {
	var out []string
	for i := range p.Spec.Variables {
		out = append(out, p.Spec.Variables[i].Expression)
	}
	for _, m := range p.Spec.Mutations {
		if m.ApplyConfiguration != nil {
			out = append(out, m.ApplyConfiguration.Expression)
		}
		if m.JSONPatch != nil {
			out = append(out, m.JSONPatch.Expression)
		}
	}
	return strings.Join(out, "\n")
}

// bind adds what a policy is asked about by one of its bindings: what both want.
func (c *Cluster) bind(m *Mutator, constraints, resources *admissionregistrationv1.MatchResources) {
	if constraints == nil {
		return
	}
	both := func(w what) bool {
		return wanted(constraints, w) && (resources == nil || len(resources.ResourceRules) == 0 && !excluded(resources, w) || wanted(resources, w))
	}
	names, objects := selected(constraints.NamespaceSelector, c.Namespaces), []*metav1.LabelSelector{constraints.ObjectSelector}
	if resources != nil {
		also := selected(resources.NamespaceSelector, c.Namespaces)
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(also, name) })
		objects = append(objects, resources.ObjectSelector)
	}
	deployed, inPods := both(deployments()), both(pods())
	if !deployed && !inPods || len(names) == 0 {
		return
	}
	m.Deployments, m.Pods = m.Deployments || deployed, m.Pods || inPods
	m.Namespaces = append(m.Namespaces, names...)
	for _, selector := range objects {
		if text := selectorText(selector); text != "" && text != m.Objects {
			m.Objects = strings.TrimPrefix(m.Objects+", "+text, ", ")
		}
	}
}

func wanted(r *admissionregistrationv1.MatchResources, w what) bool {
	return anyOf(rulesOf(r.ResourceRules), w) && !excluded(r, w)
}

func excluded(r *admissionregistrationv1.MatchResources, w what) bool {
	return anyOf(rulesOf(r.ExcludeResourceRules), w)
}

// EnginePolicy is a policy of a policy engine.
type EnginePolicy struct {
	// Engine is whose it is; Kind, Namespace and Name are the object's.
	Engine, Kind, Namespace, Name string
	// Text is the part of it that says what it changes.
	Text string
}

// engines are the policies that name a field of ours. For what they are asked, only the
// engine can tell; one that stands in a namespace is for that alone.
func (c *Cluster) engines() []Mutator {
	var out []Mutator
	for _, p := range c.Engines {
		m := Mutator{Name: fmt.Sprintf("%s %s of %s", p.Kind, p.Name, p.Engine), policy: true, Fields: named(p.Text)}
		if p.Namespace != "" {
			m.Name = fmt.Sprintf("%s %s/%s of %s", p.Kind, p.Namespace, p.Name, p.Engine)
			m.Namespaces = []string{p.Namespace}
		}
		guarded := p.Namespace == "" || slices.ContainsFunc(c.Namespaces, func(n Namespace) bool { return n.Name == p.Namespace })
		if guarded && len(m.Fields) > 0 {
			out = append(out, m)
		}
	}
	return out
}
