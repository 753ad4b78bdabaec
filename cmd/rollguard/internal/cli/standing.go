package cli

import (
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// standing is one Deployment of the output.
type standing struct {
	key      string
	State    policy.State  `json:"state"`
	Exposure topology.Kind `json:"exposure"`
	// Routes lead to it.
	Routes []topology.Route `json:"routes"`
	// Why are rules that would change something, then sentences: risks, the worst first.
	Why []string `json:"why"`
	// rules is how many of Why are rules.
	rules int
	// Mode of the Deployment: in mode audit nothing is added.
	Mode api.Mode `json:"mode,omitempty"`
}

func standingOf(v *verdict.Verdict) standing {
	s := standing{key: v.Deployment.Key(), Exposure: v.Decision.Exposure.Kind, Routes: v.Decision.Exposure.Routes, Why: []string{}, Mode: v.Decision.Mode}
	if len(v.Unread) > 0 {
		s.Exposure, s.Routes = "", nil
	}
	if s.Routes == nil {
		s.Routes = []topology.Route{}
	}
	enabled := v.Deployment.Standing == manifest.Guarded || v.Deployment.Standing == manifest.OptedOut
	switch {
	case v.Deployment.Standing == manifest.NamespaceNotKnown:
		s.State, s.Why = policy.Undecided, []string{"its namespace could not be read"}
	case !enabled:
		s.State = verdict.NotEnabled
	case len(v.Unread) > 0:
		s.State, s.Why = policy.Undecided, []string{unread(v.Unread)}
	case v.Err != nil:
		s.State, s.Why = policy.Undecided, []string{v.Err.Error()}
	default:
		s.State = verdict.Settled(v.Decision.State(), v.Open())
		s.reasons(v)
	}
	return s
}

// reasons says why it stands so.
func (s *standing) reasons(v *verdict.Verdict) {
	switch d := &v.Decision; s.State {
	case policy.Unguarded, policy.Pending, policy.Risky:
		if s.Exposure != topology.None {
			s.Why = append(s.Why, d.ChangedRules()...)
			s.rules = len(s.Why)
		}
		s.Why = append(s.Why, d.Risks()...)
	case policy.Unexposed:
		if text := v.Denied(); text != "" {
			s.Why = append(s.Why, text)
		}
		if len(d.Changes) > 0 && d.Mode != api.Audit {
			s.Why = append(s.Why, "values of Rollguard's go at the next rollout")
		}
	case policy.Exempt:
		s.Why = append(s.Why, losing(v, exempt(v)))
	case policy.Guarded, verdict.Accepted:
		what := ""
		if kept := v.Kept(); len(kept) > 0 {
			what = "an annotation keeps " + fieldsOf(kept)
		}
		if text := losing(v, what); text != "" {
			s.Why = append(s.Why, text)
		}
	}
}

// losing says first whether requests are lost by what people keep as it is: a table may cut
// the end.
func losing(v *verdict.Verdict, what string) string {
	text := verdict.OpenText(v.Open())
	if text != "" && what != "" {
		text += ": "
	}
	return text + what
}

func fieldsOf(rules []api.Rule) string {
	fields := make([]string, len(rules))
	for i, rule := range rules {
		fields[i] = verdict.Field(rule)
	}
	return strings.Join(fields, ", ")
}

// unread says which kinds could not be read.
func unread(kinds []string) string { return strings.Join(kinds, " and ") + " could not be read" }

func exempt(v *verdict.Verdict) string {
	if len(v.Decision.Findings) > 0 && v.Deployment.Standing != manifest.OptedOut {
		return v.Decision.Findings[0].Message
	}
	if v.Deployment.Standing == manifest.OptedOut {
		if len(v.Decision.Changes) > 0 && !v.Off {
			return "it opted out, and what Rollguard added goes at its next rollout"
		}
		return "it opted out"
	}
	return "it is being deleted"
}
