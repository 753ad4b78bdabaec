package report

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Text writes the verdicts for people, with a blank line between them. Drawings are at most
// so many columns wide; 0 is as usual.
func Text(verdicts []verdict.Verdict, width int) string {
	var out []string
	for i := range verdicts {
		if v := &verdicts[i]; v.Err == nil {
			p := &page{v: v, width: width}
			p.write()
			out = append(out, p.String())
		}
	}
	return strings.Join(out, "\n")
}

// page is the text about one Deployment.
type page struct {
	strings.Builder

	v     *verdict.Verdict
	width int
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) heading(text string) { p.line("\n  %s", text) }

func (p *page) write() {
	d := p.v.Deployment
	p.line("Deployment %s: %s", d.Key(), p.summary())
	if !p.v.Live {
		p.line("  %s", d.Place)
	}
	p.notGuarded()
	p.traffic()
	if len(p.v.Unread) > 0 {
		return // what hangs on the traffic is not known either
	}
	p.changes()
	p.findings("At risk", isRisk)
	p.findings("Annotations that are not followed", isMistake)
	p.findings("Kept as you wrote it", func(f *policy.Finding) bool { return f.Outcome == policy.Kept })
	p.findings("Good to know", func(f *policy.Finding) bool { return f.Outcome == policy.Skipped })
	p.timeline()
	if p.v.Guarded() && p.v.Decision.Exposure.Kind != topology.None {
		p.settings()
	}
}

// summary is the verdict in a few words.
func (p *page) summary() string {
	result := &p.v.Decision.Result
	risks := count(result.Findings, isRisk)
	mistakes := plural(count(result.Findings, isMistake), ", %d annotation to correct", ", %d annotations to correct")
	switch {
	case p.v.Unknown():
		return "whether it is guarded is not known"
	case !p.v.Guarded():
		return "not guarded" + p.loses()
	case result.Exposure.Kind == topology.None:
		return p.unexposed() + plural(risks, ", %d thing to look at", ", %d things to look at") + mistakes
	case result.Trigger == policy.LeftAlone:
		return "left alone" + p.loses()
	}
	words := plural(len(result.Changes), "%d change", "%d changes")
	if words == "" {
		words = "nothing to change"
	}
	switch {
	case len(result.Changes) == 0:
	case result.Mode == api.Audit:
		words += " in fill mode, none in audit mode"
	case p.v.Off:
		words += " once the webhook is at work, none until then"
	}
	if risks > 0 {
		return words + plural(risks, ", %d risk left", ", %d risks left") + mistakes
	}
	return words + p.loses() + mistakes
}

// loses says whether requests are lost by what is open, "" where they are not.
func (p *page) loses() string {
	if text := verdict.OpenText(p.v.Open()); text != "" {
		return "; " + text
	}
	return ""
}

// unexposed tells what becomes of a Deployment that nothing sends traffic to.
func (p *page) unexposed() string {
	result := &p.v.Decision.Result
	switch {
	case len(result.Changes) == 0 || result.Mode == api.Audit:
		return "not exposed, left as it is"
	case p.v.Live:
		return "not exposed; what was added before goes at its next rollout"
	}
	return "not exposed; what was added before goes"
}

func (p *page) notGuarded() {
	d := p.v.Deployment
	if p.v.Guarded() {
		return
	}
	p.heading("Why")
	p.line("    %s.", sentence(standing(p.v)))
	switch d.Standing {
	case manifest.NamespaceNotEnabled:
		p.line("    To enable it: %s", verdict.Enable(d))
	case manifest.NamespaceNotKnown:
		if p.v.Live {
			p.line("    Ask as somebody who may read the namespace.")
			break
		}
		p.line("    Add the Namespace to the files, or use --assume-enabled.")
		p.line("    To enable it in the cluster: %s", verdict.Enable(d))
	case manifest.OptedOut:
		p.line("    To opt in again: remove the label.")
	}
	n := len(p.v.Decision.Changes)
	switch {
	case n == 0:
	case d.Standing == manifest.OptedOut:
		p.line("    %s", plural(n, "%d value that Rollguard added goes at its next rollout.", "%d values that Rollguard added go at its next rollout."))
	case d.Standing == manifest.NamespaceNotKnown && p.v.Live:
	default:
		p.line("    %s", plural(n, "If it were enabled, %d value would change.", "If it were enabled, %d values would change."))
	}
}

// changes shows what is written. The reason is the catalogue's: why anybody would
// want that.
func (p *page) changes() {
	result := &p.v.Decision.Result
	if !p.v.Guarded() || len(result.Changes) == 0 {
		return
	}
	switch {
	case result.Mode == api.Audit:
		p.heading("Would change (the mode is audit, so nothing is written)")
	case p.v.Off:
		p.heading("Would change (no webhook is at work, so nothing is written)")
	case p.v.Live:
		p.heading("Changes at its next rollout")
	default:
		p.heading("Changes")
	}
	for i := range result.Changes {
		c := &result.Changes[i]
		p.line("    %s: %s -> %s", shortPath(c.Path), value(c.Path, c.From), value(c.Path, c.To))
		if why := reason(result, c); why != "" {
			p.line("      %s", why)
		}
	}
}

func reason(result *policy.Result, c *policy.Change) string {
	for i := range result.Findings {
		f := &result.Findings[i]
		if f.Outcome != policy.Changed || f.Path != c.Path {
			continue
		}
		for _, entry := range policy.Catalogue() {
			if entry.Code == f.Code {
				return entry.Means
			}
		}
	}
	return ""
}

func (p *page) findings(title string, wanted func(*policy.Finding) bool) {
	findings := p.v.Decision.Findings
	if !p.v.Guarded() || count(findings, wanted) == 0 {
		return
	}
	p.heading(title)
	for i := range findings {
		if wanted(&findings[i]) {
			p.line("    - %s", textwidth.FullStop(sentence(findings[i].Message)))
		}
	}
}

func (p *page) settings() {
	settings := settingsOf(p.v)
	name, text := 0, 0
	for _, s := range settings {
		name = max(name, len(s.Name))
		text = max(text, len(s.text()))
	}
	p.heading(fmt.Sprintf("Settings (mode %s, profile %s)", p.v.Decision.Settings.Mode.Value, p.v.Decision.Settings.Profile.Value))
	for _, s := range settings {
		p.line("    %-*s  %-*s  %s", name, s.Name, text, s.text(), s.Source)
	}
}

func count(findings []policy.Finding, wanted func(*policy.Finding) bool) int {
	n := 0
	for i := range findings {
		if wanted(&findings[i]) {
			n++
		}
	}
	return n
}

// isRisk tells what may lose requests from isMistake, an annotation that is not followed: it
// may be a slip in what matters to nobody.
func isRisk(f *policy.Finding) bool { return f.Outcome == policy.AtRisk && !f.Code.AboutAnnotation() }

func isMistake(f *policy.Finding) bool {
	return f.Outcome == policy.AtRisk && f.Code.AboutAnnotation()
}

// plural is nothing for 0.
func plural(n int, one, more string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(one, n)
	}
	return fmt.Sprintf(more, n)
}

// sentence begins with a capital letter, unless it begins with the name of a field, an
// annotation or a file.
func sentence(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if s == "" || word != strings.ToLower(word) || strings.ContainsAny(word, "./") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
