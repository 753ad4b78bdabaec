package mutator

import (
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
)

// Namespace is one that Rollguard guards. Without a name it stands for any to come.
type Namespace struct {
	Name   string
	Labels map[string]string
}

// Cluster is what of one is looked at.
type Cluster struct {
	// Own is the name of Rollguard's MutatingWebhookConfiguration.
	Own        string
	Namespaces []Namespace
	Webhooks   []admissionregistrationv1.MutatingWebhookConfiguration
	Policies   []admissionregistrationv1.MutatingAdmissionPolicy
	Bindings   []admissionregistrationv1.MutatingAdmissionPolicyBinding
	// Engines are the policies of policy engines, Unread the engines whose policies could not
	// be read: what they do is not known.
	Engines []EnginePolicy
	Unread  map[string]bool
}

// Mutator is somebody else who may change Deployments or Pods.
type Mutator struct {
	// Name says for people who it is, and where it stands.
	Name string
	// Deployments and Pods are what it is called for. Evictions are Pods that are to go.
	Deployments, Pods, Evictions bool
	// Namespaces are those, of the guarded ones, in which it is called; empty for a policy
	// of an engine, which only the engine itself can tell.
	Namespaces []string
	// Objects is the selector of what it is called for there, "" for all.
	Objects string
	// Fields are those of Rollguard's that it names. They are known of policies alone.
	Fields []string

	known  known
	policy bool
	own    bool // Rollguard's own native policy
}

// Find lists who is called for Deployments or Pods of the guarded namespaces, sorted by
// name.
func Find(c *Cluster) []Mutator {
	out := append(c.webhooks(), c.policies()...)
	out = append(out, c.engines()...)
	slices.SortStableFunc(out, func(a, b Mutator) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (c *Cluster) webhooks() []Mutator {
	var out []Mutator
	for i := range c.Webhooks {
		configuration := &c.Webhooks[i]
		if configuration.Name == c.Own {
			continue
		}
		for n := range configuration.Webhooks {
			w := &configuration.Webhooks[n]
			m := Mutator{
				Name:        w.Name + " of " + configuration.Name,
				Deployments: anyOf(w.Rules, deployments()), Pods: anyOf(w.Rules, pods()), Evictions: anyOf(w.Rules, evictions()),
				Namespaces: selected(w.NamespaceSelector, c.Namespaces), Objects: selectorText(w.ObjectSelector),
				known: recognize(configuration.Name, w.Name),
			}
			if m.known.engine && !c.Unread[m.known.product] {
				continue // its policies tell
			}
			if (m.Deployments || m.Pods || m.Evictions && m.known.evictions) && len(m.Namespaces) > 0 && !never(w.MatchConditions) {
				out = append(out, m)
			}
		}
	}
	return out
}

// never tells of conditions that switch something off for the time being.
func never(conditions []admissionregistrationv1.MatchCondition) bool {
	return slices.ContainsFunc(conditions, func(c admissionregistrationv1.MatchCondition) bool {
		return strings.TrimSpace(c.Expression) == "false"
	})
}
