package admission

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// part is one change in words.
type part struct {
	// opening begins the sentence about it and its like.
	opening, text string
}

// summary is the one line about all changes. There is none when the write only
// dropped what had been added before: the stored object stays as it was.
func (s subject) summary(d *decision.Decision) string {
	if d.Trigger == policy.FieldsDropped {
		return ""
	}
	kinds := [3][]string{} // what protects, what was taken back, what was tidied up
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.Outcome != policy.Changed {
			continue
		}
		text := f.Message
		if f.Path != "" && strings.Contains(text, string(f.Path)) {
			text = strings.ReplaceAll(text, string(f.Path), f.Path.Words())
		}
		switch f.Code {
		case policy.NoLongerCalledFor:
			kinds[1] = append(kinds[1], strings.TrimSuffix(text, " removed again"))
		case policy.LeftoverRemoved, policy.RollingUpdateRemoved, policy.Restored:
			kinds[2] = append(kinds[2], text)
		default:
			kinds[0] = append(kinds[0], text)
		}
	}
	parts := make([]part, 0, len(kinds[0])+len(kinds[1])+len(kinds[2]))
	for i, opening := range [3]func(*decision.Decision) string{s.protecting, s.takingBack, s.tidying} {
		if len(kinds[i]) == 0 {
			continue
		}
		words := opening(d)
		for _, text := range together(kinds[i]) {
			parts = append(parts, part{words, text})
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return s.shorten(parts)
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

// incomplete tells whether requests may be lost all the same, and why, where no line of its
// own says that: an annotation keeps something as it is, or it is the next rollout that
// brings the rest.
func incomplete(d *decision.Decision) (is bool, why string) {
	for i := range d.Findings {
		f := &d.Findings[i]
		switch f.Code {
		case policy.PendingRollout:
			is, why = true, ", the rest with the next rollout"
		case policy.KeptOnRequest:
			is, why = true, ", as far as "+api.Prefix+"keep lets it"
		case policy.NoReadinessGate:
			is, why = true, ", but nothing waits for the load balancer"
		case policy.ExposureAssumed:
			is = true
		}
		is = is || f.Outcome == policy.AtRisk
	}
	if shortSleep(d) {
		is, why = true, ", but the preStop sleep that was asked for is too short"
	}
	return is, why
}

// shortSleep tells whether an annotation asks for a sleep that ends while requests still come,
// or before the longest is answered.
func shortSleep(d *decision.Decision) bool {
	c, timing := &d.Computed, &d.Settings.Timing
	needed := c.Propagation
	if !timing.DrainsOnSIGTERM.Value {
		needed += timing.RequestTimeout.Value
	}
	return timing.PreStopSleep.Value != nil && c.PreStopSleepSource != "" && c.PreStopSleep.Value < needed
}

func assumed(d *decision.Decision) bool {
	for i := range d.Findings {
		if d.Findings[i].Code == policy.ExposureAssumed {
			return true
		}
	}
	return false
}

// behind names what sends traffic, without the namespace that stands in the line already.
func (s subject) behind(d *decision.Decision) string {
	text := d.Exposure.Behind()
	if s.name == "" || s.namespace == "" {
		return text
	}
	return strings.Replace(text, " "+s.namespace+"/", " ", 1)
}

func (s subject) protecting(d *decision.Decision) string {
	verb := "made rollouts safe"
	less, why := incomplete(d)
	if less {
		verb = "made rollouts safer"
	}
	if d.Mode == api.Audit {
		verb = "(audit only) would make" + strings.TrimPrefix(verb, "made")
	}
	switch {
	case d.Settings.Exposure.Asked() && d.Settings.Exposure.Value != api.ExposureAuto:
		return verb + " for exposure " + d.Settings.Exposure.Value + why + ": "
	case assumed(d):
		return verb + " (no route leads here yet, so until the next rollout as behind a Service): "
	case len(d.Exposure.Routes) > 0:
		return verb + " behind " + s.behind(d) + why + ": "
	}
	return verb + why + ": "
}

func (subject) takingBack(d *decision.Decision) string {
	reason, did, would := "", "took back: ", "would take back: "
	switch {
	case d.OptedOut():
		reason, did, would = "opted out, so ", "removed: ", "would remove: "
	case d.Exposure.Kind == topology.None && d.Settings.Exposure.Asked() && d.Settings.Exposure.Value == string(topology.None):
		reason = api.Prefix + "exposure says that nothing sends traffic here, so "
	case d.Exposure.Kind == topology.None:
		reason = "nothing sends traffic here, so "
	}
	if d.Mode == api.Audit {
		return "(audit only) " + reason + would
	}
	return reason + did
}

func (subject) tidying(*decision.Decision) string { return "tidied up: " }

// shorten lists as many parts as fit on the line, and says how many do not.
func (s subject) shorten(parts []part) string {
	for n := len(parts); n > 0; n-- {
		var b strings.Builder
		b.Grow(maxWarning)
		b.WriteString(parts[0].opening)
		b.WriteString(parts[0].text)
		for i, p := range parts[1:n] {
			separator, opening := "; ", p.opening
			if opening == parts[i].opening {
				separator, opening = ", ", ""
			}
			b.WriteString(separator)
			b.WriteString(opening)
			b.WriteString(p.text)
		}
		if n < len(parts) {
			b.WriteString(", and " + plural(len(parts)-n, "more change"))
		}
		if full := s.prefixed(b.String()); utf8.RuneCountInString(full) <= maxWarning {
			return full
		}
	}
	return s.line(parts[0].opening + plural(len(parts), "change"))
}
