package audit

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/policy"
)

// Layout says how a table is written.
type Layout struct {
	// Wide adds what leads there, whether the namespace is enabled, and what to do.
	Wide bool
	// Width is how many columns there are to write in, 0 for any number.
	Width int
}

// Table writes the rows for people, then what to do, then the summary.
func (r *Report) Table(w io.Writer, l Layout) error {
	var b strings.Builder
	if len(r.Deployments) > 0 {
		t := textwidth.Table{Width: l.Width, Rows: [][]string{l.heading()}}
		for i := range r.Deployments {
			t.Rows = append(t.Rows, l.cells(&r.Deployments[i]))
		}
		b.WriteString(t.String())
		b.WriteString("\n")
	}
	for _, line := range r.advice() {
		b.WriteString(textwidth.Wrap(line, l.Width, "  "))
	}
	b.WriteString(textwidth.Wrap(r.Line(), l.Width, "  "))
	_, err := io.WriteString(w, b.String())
	return err
}

func (l Layout) heading() []string {
	if l.Wide {
		return []string{"STATE", "DEPLOYMENT", "EXPOSURE", "ENABLED", "BEHIND", "WHY", "DO"}
	}
	return []string{"STATE", "DEPLOYMENT", "EXPOSURE", "WHY"}
}

func (l Layout) cells(r *Row) []string {
	exposure := string(r.Exposure)
	if exposure == "" {
		exposure = "-"
	}
	why := strings.Join(r.why(), "; ")
	if !l.Wide {
		return []string{string(r.State), r.Key(), exposure, why}
	}
	behind := cmp.Or(verdict.Counted(r.Behind), "-")
	return []string{string(r.State), r.Key(), exposure, r.Enabled, behind, why, r.Do}
}

// why are the codes of the risks and the rules that something is missing for.
func (r *Row) why() []string {
	var out, lacks, added, kept []string
	for i := range r.Reasons {
		reason := &r.Reasons[i]
		switch word := verdict.Field(reason.Rule); {
		case reason.Code == policy.KeptOnRequest:
			kept = append(kept, word)
		case r.hidden:
			out = append(out, reason.Message)
		case reason.Kind == AtRisk, reason.Kind == Note:
			out = append(out, string(reason.Code))
		case word == "": // tidying up
		case reason.Kind == Added:
			added = append(added, word)
		default:
			lacks = append(lacks, word)
		}
	}
	out = unique(out)
	for _, group := range []struct {
		verb   string
		fields []string
	}{{"lacks", lacks}, {"admission adds", added}, {"an annotation keeps", kept}} {
		if len(group.fields) > 0 {
			out = append(out, group.verb+" "+strings.Join(unique(group.fields), ", "))
		}
	}
	if text := verdict.OpenText(r.Open); text != "" && r.accepts() {
		out = append([]string{text}, out...) // first, as a narrow table cuts the end
	}
	return out
}

// accepts tells whether somebody keeps Rollguard away, so that nobody else says what is lost.
func (r *Row) accepts() bool { return r.State == policy.Exempt || r.State == verdict.Accepted }

// advice is what to do, once for each code, for what is missing and for what people keep.
func (r *Report) advice() []string {
	counts := map[policy.Code]int{}
	var lack lacking
	var accepted []string
	for i := range r.Deployments {
		row := &r.Deployments[i]
		if row.State == policy.Unguarded {
			lack.count(row)
		}
		if len(row.Open) > 0 && row.accepts() {
			accepted = append(accepted, row.Key())
		}
		seen := map[policy.Code]bool{}
		for _, reason := range row.Reasons {
			if reason.Kind == AtRisk && !seen[reason.Code] {
				seen[reason.Code] = true
				counts[reason.Code]++
			}
		}
	}
	var out []string
	if lack.all > 0 {
		out = append(out, r.complete(lack))
	}
	for _, e := range policy.Catalogue() {
		if n := counts[e.Code]; n > 0 {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s (%d): %s %s %s", e.Code, n, e.Means, e.Advice, r.example(e.Code))))
		}
	}
	if len(accepted) > 0 {
		out = append(out, fmt.Sprintf("accepted or left alone (%d): %s: a label, an owner or an annotation keeps Rollguard away, or from a field, and requests may be lost in a rollout. rollguard explain shows where.", len(accepted), verdict.Counted(accepted)))
	}
	return out
}

// example is what is said of the first Deployment that has a finding: names and numbers are
// different for each, but for Recreate, of which there is no more to say.
func (r *Report) example(code policy.Code) string {
	if code == policy.RecreateStrategy {
		return ""
	}
	for i := range r.Deployments {
		row := &r.Deployments[i]
		for _, reason := range row.Reasons {
			if reason.Code == code {
				return fmt.Sprintf("In %s: %s", row.Key(), textwidth.FullStop(reason.Message))
			}
		}
	}
	return ""
}

// lacking counts Deployments that something is missing of: all, those of namespaces that
// are not enabled, and names those in mode audit.
type lacking struct {
	all, disabled int
	audit         []string
}

func (l *lacking) count(r *Row) {
	l.all++
	switch {
	case r.Enabled == "no":
		l.disabled++
	case r.Mode == api.Audit:
		l.audit = append(l.audit, r.Key())
	}
}

func (r *Report) complete(lack lacking) string {
	text := fmt.Sprintf("unguarded (%d): Something is missing that Rollguard adds. ", lack.all)
	if r.Off {
		text += "The webhook is not installed or switched off: that comes first. "
	}
	if len(lack.audit) > 0 {
		text += fmt.Sprintf("%s: the mode is audit, which lets nothing be changed, so take %smode away first. ", verdict.Counted(lack.audit), api.Prefix)
	}
	switch {
	case !r.Live && lack.all == len(lack.audit):
		return strings.TrimSpace(text)
	case !r.Live:
		return text + "Write it with rollguard render, or label the namespace rollguard.io/inject=enabled and let admission add it (--assume-enabled shows what is left then)."
	case lack.disabled > 0:
		return text + fmt.Sprintf("For %d, label the namespace first: rollguard.io/inject=enabled. Then kubectl rollout restart.", lack.disabled)
	}
	return text + "kubectl rollout restart lets admission add it, where rollguard check says that it works."
}
