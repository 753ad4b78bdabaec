package mutator

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/pkg/api"
)

// Note is what is told about one or several mutators. Without advice it is of no concern.
type Note struct{ Says, Advice string }

// How much is told: of what kind there is more, the rest is counted.
const (
	maxNotes      = 8
	maxNames      = 4
	maxNamespaces = 3
	maxObjects    = 80 // bytes of a selector
)

// The advice about those of whom nobody knows what they do.
const (
	adviceUnknown = "Unknown to Rollguard is not bad: ask whoever runs it whether it sets preStop hooks, grace periods, probes or the rollout strategy."
	advicePolicy  = "Let it leave these fields alone, or those namespaces: what it sets on Deployments counts as their author's, and what it sets on Pods beats the Deployment."
	adviceOwn     = "It is Rollguard's own native policy: one of the two is enough for a namespace, and values of the policy count as the author's to the webhook."
	adviceEngine  = "See which objects it matches. What it sets on Deployments counts as their author's, and what it sets on Pods beats the Deployment."
)

// Notes tells of mutators: first what is known to touch the same, then the unknown, then
// those of no concern in one line.
func Notes(found []Mutator) []Note {
	var notes []Note
	var others, unknown [2][]Mutator // unknown: of Deployments, of Pods alone
	told := map[string]bool{}
	for i := range found {
		m := &found[i]
		switch {
		case m.policy:
			notes = append(notes, m.policyNote())
		case m.known.does != "":
			if !told[m.known.product] {
				told[m.known.product] = true
				notes = append(notes, productNote(m.known, found))
			}
		case m.known.product != "" && !m.known.engine:
			others[0] = append(others[0], *m)
		case m.Deployments:
			unknown[0] = append(unknown[0], *m)
		default:
			unknown[1] = append(unknown[1], *m)
		}
	}
	if more := len(notes) - maxNotes; more > 0 {
		notes = append(notes[:maxNotes], Note{fmt.Sprintf("%d more touch what Rollguard sets", more), advicePolicy})
	}
	for i, kind := range []string{"Deployments", "Pods"} {
		if n := len(unknown[i]); n > 0 {
			says := fmt.Sprintf("%s whose doings are not known may change %s in %s: %s", count(n, "webhook"), kind, where(unknown[i]), list(unknown[i]))
			notes = append(notes, Note{says, adviceUnknown})
		}
	}
	switch n := len(others[0]); {
	case n > 0:
		notes = append(notes, Note{Says: fmt.Sprintf("%s beside Rollguard's, known to set nothing that it sets: %s", count(n, "webhook"), list(others[0]))})
	case len(notes) == 0:
		notes = append(notes, Note{Says: "nobody else is called for Deployments or Pods in labelled namespaces"})
	}
	return notes
}

// productNote tells of all webhooks of a product at once.
func productNote(k known, found []Mutator) Note {
	var all []Mutator
	for _, m := range found {
		if m.known.product == k.product {
			all = append(all, m)
		}
	}
	return Note{fmt.Sprintf("%s %s, in %s: %s", k.product, k.does, where(all), list(all)), k.advice}
}

func (m *Mutator) policyNote() Note {
	fields := strings.Join(m.Fields, ", ")
	if !m.Deployments && !m.Pods {
		return Note{fmt.Sprintf("%s names %s", m.Name, fields), adviceEngine}
	}
	kinds := "Deployments"
	switch {
	case m.Deployments && m.Pods:
		kinds = "Deployments and Pods"
	case m.Pods:
		kinds = "Pods"
	}
	advice := advicePolicy
	if m.own {
		advice = adviceOwn
	}
	return Note{fmt.Sprintf("%s names %s, for %s%s in %s", m.Name, fields, kinds, m.objects(), where([]Mutator{*m})), advice}
}

// objects says for which objects alone it is called.
func (m *Mutator) objects() string {
	text := m.Objects
	if text == "" {
		return ""
	}
	if len(text) > maxObjects {
		text = strings.ToValidUTF8(text[:maxObjects], "") + "..."
	}
	return " with " + text
}

func list(all []Mutator) string {
	var out []string
	for i := range all {
		if i == maxNames {
			out = append(out, fmt.Sprintf("and %d more", len(all)-maxNames))
			break
		}
		out = append(out, all[i].Name+all[i].objects())
	}
	return strings.Join(out, "; ")
}

// where are the namespaces of all of them.
func where(all []Mutator) string {
	seen := map[string]bool{}
	var names []string
	for i := range all {
		for _, name := range all[i].Namespaces {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	if len(names) == 1 && names[0] == "" {
		return "namespaces with the label " + api.LabelInject + "=" + api.InjectEnabled
	}
	if len(names) > maxNamespaces {
		return fmt.Sprintf("%d labelled namespaces (%s and others)", len(names), strings.Join(names[:maxNamespaces], ", "))
	}
	return fmt.Sprintf("%s (%s)", count(len(names), "labelled namespace"), strings.Join(names, ", "))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
