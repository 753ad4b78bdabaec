package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// statusTable is the answer for people.
type statusTable struct {
	*reading

	rows []standing
	// disabled is how many namespaces are not enabled, of all.
	disabled int
	// namespace is the one that was asked for, or [live.Everywhere].
	namespace string
	// width is how many columns there are, 0 for any number.
	width int
	// wide says all sentences of why.
	wide bool
}

func (t *statusTable) String() string {
	table := textwidth.Table{
		Rows:  [][]string{{"STATE", "DEPLOYMENT", "EXPOSURE", "BEHIND", "WHY"}},
		Width: t.width, Cut: !t.wide,
	}
	for i := range t.rows {
		s := &t.rows[i]
		exposure := string(s.Exposure)
		if exposure == "" {
			exposure = "-"
		}
		table.Rows = append(table.Rows, []string{string(s.State), s.key, exposure, s.behind(), s.why(t.wide)})
	}
	if table.Stacked() && !t.wide {
		for i := range t.rows {
			table.Rows[i+1][4] = t.rows[i].why(true)
		}
	}
	summary := textwidth.Wrap(t.summary(), t.width, "  ")
	if t.off {
		summary += textwidth.Wrap(offText, t.width, "  ")
	}
	if len(t.rows) == 0 {
		return summary
	}
	return table.String() + summary
}

func (t *statusTable) summary() string {
	counts := map[policy.State]int{}
	for i := range t.rows {
		counts[t.rows[i].State]++
	}
	var parts []string
	for _, state := range verdict.States() {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	text := textwidth.Count(len(t.rows), "Deployment")
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	switch {
	case t.disabled == 1:
		text += "; 1 namespace is not enabled, and rollguard audit -A shows what is in it"
	case t.disabled > 1:
		text += fmt.Sprintf("; %d namespaces are not enabled, and rollguard audit -A shows what is in them", t.disabled)
	}
	return fmt.Sprintf("%s%s. Kubernetes %s.", text, t.passedOver(), t.version)
}

// passedOver says that Rollguard is switched off for the namespace that was asked for, and why.
func (t *statusTable) passedOver() string {
	if t.namespace == live.Everywhere {
		return ""
	}
	switch t.set.Standing(t.namespace) {
	case manifest.SystemNamespace:
		return "; namespace " + t.namespace + " belongs to Kubernetes and is never changed"
	case manifest.NamespaceExcluded:
		return "; namespace " + t.namespace + " is excluded by the configuration file"
	case manifest.NamespaceNotEnabled:
		return fmt.Sprintf("; namespace %s is not enabled: it does not have the label %s=%s", t.namespace, api.LabelInject, api.InjectEnabled)
	}
	return ""
}

// behind names what leads to the Deployment, the most demanding first.
func (s *standing) behind() string {
	return cmp.Or(verdict.Counted((&topology.Exposure{Kind: s.Exposure, Routes: s.Routes}).Fronts()), "-")
}

// changing are the rules that would change something.
func (s *standing) changing() []api.Rule {
	out := make([]api.Rule, s.rules)
	for i := range out {
		out[i] = api.Rule(s.Why[i])
	}
	return out
}

// shortest is how much of a risk is told where not all of it is.
const shortest = 80

// why is all fields that would change, and of the risks the first, in short, or all of them.
func (s *standing) why(all bool) string {
	rules, sentences := fieldsOf(s.changing()), s.Why[s.rules:]
	if rules != "" && s.Mode == api.Audit {
		rules += " (mode audit: nothing is added)"
	}
	var risk string
	if len(sentences) > 0 {
		risk = textwidth.Shorten(sentences[0], shortest)
	}
	switch more := len(sentences) - 1; {
	case all:
		risk = strings.Join(sentences, "; ")
	case more > 0:
		risk = fmt.Sprintf("%s, and %d more", risk, more)
	}
	switch {
	case rules == "" && risk == "":
		return "-"
	case rules == "":
		return risk
	case risk == "":
		return rules
	case s.State == policy.Risky:
		return fmt.Sprintf("%s; pending: %s", risk, rules)
	}
	return fmt.Sprintf("%s; at risk even then: %s", rules, risk)
}
