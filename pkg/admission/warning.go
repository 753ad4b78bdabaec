package admission

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
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

// warnings are the lines for the author of the Deployment: one that sums up the changes with
// what caused them, and one for each risk. Each names the Deployment: kubectl prints a line
// only once, however many objects of a folder it is about.
func (s subject) warnings(d *decision.Decision, level Warnings) []string {
	if level == WarnNone {
		return nil
	}
	var lines []string
	if level == WarnChanges {
		if text := s.summary(d); text != "" {
			lines = append(lines, text)
		}
	}
	for i := range d.Findings {
		if d.Findings[i].Outcome == policy.AtRisk {
			lines = append(lines, s.line("at risk: "+d.Findings[i].Message))
		}
	}
	return s.fit(lines)
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// maxName is how much of a name is told: what follows matters more.
const maxName = 63

// subject is the Deployment that warnings are about. Its name is empty where it is not known:
// the API server may be about to generate one.
type subject struct{ namespace, name string }

// prefixed is a warning about it.
func (s subject) prefixed(text string) string {
	switch {
	case s.name == "":
		return clean("rollguard: " + text)
	case len(s.name) > maxName:
		return clean("rollguard: Deployment " + s.namespace + "/" + s.name[:maxName-3] + "...: " + text)
	}
	return clean("rollguard: Deployment " + s.namespace + "/" + s.name + ": " + text)
}

// line is one warning, cut to length.
func (s subject) line(text string) string {
	full := s.prefixed(text)
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

// fit keeps the first lines that stay within the total, and says how many do not.
func (s subject) fit(lines []string) []string {
	total := 0
	for _, l := range lines {
		total += utf8.RuneCountInString(l)
	}
	kept, more := len(lines), ""
	for total > maxWarnings {
		kept--
		total -= utf8.RuneCountInString(lines[kept]) + utf8.RuneCountInString(more)
		more = s.prefixed("and " + strconv.Itoa(len(lines)-kept) + " more; see audit annotations")
		total += utf8.RuneCountInString(more)
	}
	if more == "" {
		return lines
	}
	return append(lines[:kept:kept], more)
}
