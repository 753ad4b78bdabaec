package admission

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Warnings says which warnings kubectl prints.
type Warnings string

// The levels.
const (
	WarnChanges Warnings = "changes" // what was changed, and what is at risk
	WarnRisks   Warnings = "risks"   // only what is at risk
	WarnNone    Warnings = "none"
)

// The API server cuts warnings to 256 runes once all together exceed 4,096, and drops
// one with a control character without a word (apiserver pkg/endpoints/filters/
// warning.go, apimachinery pkg/util/net/http.go).
const (
	maxWarning  = 255
	maxWarnings = 4095
)

// warnings are the lines for the author: one that sums up the changes with what
// caused them, and one for each risk.
func warnings(d *decision.Decision, level Warnings) []string {
	if level == WarnNone {
		return nil
	}
	var lines []string
	if level == WarnChanges {
		if text := summary(d); text != "" {
			lines = append(lines, text)
		}
	}
	for i := range d.Findings {
		if d.Findings[i].Outcome == policy.AtRisk {
			lines = append(lines, line("at risk: "+d.Findings[i].Message))
		}
	}
	return fit(lines)
}

// summary is the one line about all changes. There is none when the write only
// dropped what had been added before: the stored object stays as it was.
func summary(d *decision.Decision) string {
	if d.Trigger == policy.FieldsDropped {
		return ""
	}
	var parts []string
	for i := range d.Findings {
		if f := &d.Findings[i]; f.Outcome == policy.Changed {
			parts = append(parts, f.Message)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return shorten(opening(d), together(parts))
}

// together says once what was done to several containers alike.
func together(parts []string) []string {
	count := make(map[string]int, len(parts))
	for _, p := range parts {
		count[p]++
	}
	out := parts[:0:0]
	for _, p := range parts {
		switch n := count[p]; {
		case n == 1:
			out = append(out, p)
		case n > 1:
			out = append(out, p+" ("+strconv.Itoa(n)+" containers)")
		}
		count[p] = 0
	}
	return out
}

func risky(d *decision.Decision) bool {
	for i := range d.Findings {
		if d.Findings[i].Outcome == policy.AtRisk {
			return true
		}
	}
	return false
}

func opening(d *decision.Decision) string {
	verb := "made rollouts safe"
	if risky(d) {
		verb = "made rollouts safer" // the lines that follow say what is missing
	}
	if d.Mode == api.Audit {
		verb = "(audit only) would make" + strings.TrimPrefix(verb, "made")
	}
	switch {
	case d.Exposure.Kind == topology.None:
		return "not needed here: "
	case d.Settings.Exposure.Asked() && d.Settings.Exposure.Value != api.ExposureAuto:
		return verb + " for exposure " + d.Settings.Exposure.Value + ": "
	case len(d.Exposure.Routes) > 0:
		return verb + " behind " + d.Exposure.Routes[0].String() + ": "
	}
	return verb + ": "
}

// shorten lists as many parts as fit on the line, and says how many do not.
func shorten(opening string, parts []string) string {
	for n := len(parts); n > 0; n-- {
		text := opening + strings.Join(parts[:n], ", ")
		if n < len(parts) {
			text += ", and " + plural(len(parts)-n, "more change")
		}
		if full := prefixed(text); utf8.RuneCountInString(full) <= maxWarning {
			return full
		}
	}
	return line(opening + plural(len(parts), "change"))
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

func prefixed(text string) string { return clean("rollguard: " + text) }

// line is one warning, cut to length.
func line(text string) string {
	full := prefixed(text)
	if utf8.RuneCountInString(full) <= maxWarning {
		return full
	}
	runes := []rune(full)
	return string(runes[:maxWarning-3]) + "..."
}

// clean makes text fit for a warning: one line, valid UTF-8.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// fit keeps the first lines that stay within the total.
func fit(lines []string) []string {
	total := 0
	for i, l := range lines {
		total += utf8.RuneCountInString(l)
		if total > maxWarnings {
			return lines[:i]
		}
	}
	return lines
}
