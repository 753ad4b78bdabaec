package cli

import (
	"fmt"
	"io"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// notes says what was passed through although one might expect otherwise.
func (r *reading) notes(where string) []string {
	notes := append([]string(nil), r.set.Notes...)
	if r.kube.note != "" {
		notes = append(notes, r.kube.note)
	}
	if len(r.set.Deployments) == 0 {
		return append(notes, r.noDeployment(where)+": passed through unchanged")
	}
	counts := map[string]int{}
	var order []*manifest.Deployment
	for _, d := range r.set.Deployments {
		switch d.Standing {
		case manifest.Guarded, manifest.OptedOut:
			continue
		}
		if counts[d.Namespace]++; counts[d.Namespace] == 1 {
			order = append(order, d)
		}
	}
	for _, d := range order {
		notes = append(notes, passedThrough(d, counts[d.Namespace]))
	}
	return notes
}

// noDeployment says that there is nothing to decide about, and what people may have taken
// for something.
func (r *reading) noDeployment(where string) string {
	text := "no Deployment in " + where
	if passed := r.set.Passed(); passed != "" {
		text += " (not looked at: " + passed + ")"
	}
	return text
}

func passedThrough(d *manifest.Deployment, n int) string {
	count := textwidth.Count(n, "Deployment")
	label := api.LabelInject + "=" + api.InjectEnabled
	switch d.Standing {
	case manifest.SystemNamespace:
		return fmt.Sprintf("namespace %s belongs to Kubernetes: %s passed through unchanged", d.Namespace, count)
	case manifest.NamespaceExcluded:
		return fmt.Sprintf("namespace %s is excluded by the configuration file: %s passed through unchanged", d.Namespace, count)
	case manifest.NamespaceNotEnabled:
		return fmt.Sprintf("namespace %s is not enabled (label %s is missing from it): %s passed through unchanged", d.Namespace, label, count)
	}
	return fmt.Sprintf("namespace %s is not enabled (label %s): %s passed through unchanged; --assume-enabled renders it", d.Namespace, label, count)
}

// sayNotes says the first few: who audits a folder of everything wants to see the answer.
func sayNotes(w io.Writer, notes []string) {
	for _, note := range notes[:min(len(notes), maxShown)] {
		say(w, note)
	}
	if more := len(notes) - maxShown; more > 0 {
		say(w, "and "+textwidth.Count(more, "note")+" more")
	}
}
