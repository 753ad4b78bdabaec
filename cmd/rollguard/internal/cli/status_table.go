package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/rollguard/rollguard/pkg/policy"
)

func statusTable(w io.Writer, r *reading, all []standing, disabled int) error {
	counts := map[policy.State]int{}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(all) > 0 {
		fmt.Fprintln(table, "DEPLOYMENT\tSTATE\tEXPOSURE\tBEHIND\tWHY")
	}
	for _, s := range all {
		counts[s.State]++
		exposure := string(s.Exposure)
		if exposure == "" {
			exposure = "-"
		}
		// An empty cell would end the block of lines whose columns line up.
		fmt.Fprintln(table, strings.Join([]string{s.key, string(s.State), exposure, s.behind(), s.short()}, "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var parts []string
	for _, state := range append(policy.States(), stateNotEnabled) {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	summary := fmt.Sprintf("%d Deployments", len(all))
	if len(parts) > 0 {
		summary += ": " + strings.Join(parts, ", ")
	}
	if disabled > 0 {
		summary += fmt.Sprintf("; %d namespaces are not enabled", disabled)
	}
	_, err := fmt.Fprintf(w, "%s. Kubernetes %s.\n", summary, r.version)
	return err
}

// behind names what leads to the Deployment, the most demanding route first.
func (s *standing) behind() string {
	if len(s.Routes) == 0 {
		return "-"
	}
	first := &s.Routes[0]
	for i := range s.Routes {
		if r := &s.Routes[i]; r.Kind() == s.Exposure {
			first = r
			break
		}
	}
	if more := len(s.Routes) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", first.Front(), more)
	}
	return first.Front()
}

// short is why, in one line: all rules, and of the sentences the first.
func (s *standing) short() string {
	rules, sentences := strings.Join(s.Why[:s.rules], ", "), s.Why[s.rules:]
	var risk string
	if len(sentences) > 0 {
		risk = sentences[0]
	}
	if more := len(sentences) - 1; more > 0 {
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
