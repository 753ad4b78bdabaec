package audit

import (
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Row is what is said of one Deployment. Its JSON form is stable.
type Row struct {
	Namespace string        `json:"namespace"`
	Name      string        `json:"name"`
	State     policy.State  `json:"state"`
	Exposure  topology.Kind `json:"exposure,omitempty"`
	// Behind names what sends traffic there, the most demanding first.
	Behind []string `json:"behind"`
	// Enabled tells whether the webhook is called for the namespace: yes, no, unknown, or off
	// where it has the label and no webhook is at work.
	Enabled string   `json:"enabled"`
	Mode    api.Mode `json:"mode,omitempty"`
	Reasons []Reason `json:"reasons"`
	// Open are the races, A and B, that lose requests in its next rollout, or Recreate: as
	// admission leaves it, where its namespace is enabled.
	Open []string `json:"openRaces"`
	// Do is one line on what to do, empty where nothing is.
	Do string `json:"do,omitempty"`
	// File and Line tell where it stands; they are empty for a cluster.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`

	// hidden says that whoever asks may not read what it hangs on.
	hidden bool
}

// Kind says what a reason is about.
type Kind string

// The kinds of reasons.
const (
	// Missing: Rollguard would write it, and nobody has.
	Missing Kind = "missing"
	// AtRisk: requests may be lost, and Rollguard leaves it to people.
	AtRisk Kind = "at-risk"
	// Added: it stands in no manifest, and admission adds it.
	Added Kind = "added"
	// Note: why it was left alone, or not evaluated.
	Note Kind = "note"
)

// Unreadable is the code of what could not be read or evaluated.
const Unreadable policy.Code = "Unreadable"

// Reason is one reason for the state.
type Reason struct {
	Code    policy.Code `json:"code"`
	Kind    Kind        `json:"kind"`
	Rule    api.Rule    `json:"rule,omitempty"`
	Message string      `json:"message"`
	Advice  string      `json:"advice,omitempty"`
	// Line is where the field stands in the file, or what is around it.
	Line int `json:"line,omitempty"`
}

// Key is "namespace/name".
func (r *Row) Key() string { return r.Namespace + "/" + r.Name }

// Describe makes the row of a Deployment.
func Describe(v *verdict.Verdict) Row {
	d := v.Deployment
	r := Row{Namespace: d.Namespace, Name: d.Name, Behind: []string{}, Reasons: []Reason{}, Open: []string{}, Enabled: enabled(v), Mode: v.Decision.Mode}
	if !v.Live {
		r.File, r.Line = d.Place.File, d.Line("")
	}
	switch {
	case v.Err != nil:
		r.State = policy.Undecided
		r.Reasons = append(r.Reasons, Reason{Code: Unreadable, Kind: Note, Message: v.Err.Error()})
		return r
	case d.Standing == manifest.SystemNamespace, d.Standing == manifest.NamespaceExcluded:
		r.State, r.Enabled = verdict.NotEnabled, "no"
		return r
	case v.Unknown():
		r.undecided(v)
		return r
	}
	r.Exposure, r.Behind = v.Decision.Exposure.Kind, v.Decision.Exposure.Fronts()
	r.State = v.Decision.State()
	if r.admitted(v) {
		r.State = afterAdmission(v)
	}
	r.Open = append(r.Open, v.Open()...)
	r.State = verdict.Settled(r.State, r.Open)
	r.reasons(v)
	r.Do = advice(&r, v)
	return r
}

// undecided says what could not be read.
func (r *Row) undecided(v *verdict.Verdict) {
	what, do := strings.Join(v.Unread, " and "), "ask somebody who may read them"
	if what == "" {
		what, do = "namespace "+r.Namespace, "ask somebody who may read the namespace"
	}
	r.State, r.Do, r.hidden = policy.Undecided, do, true
	r.Reasons = append(r.Reasons, Reason{Code: Unreadable, Kind: Note, Message: what + " could not be read"})
}

// enabled tells whether anybody is called.
func enabled(v *verdict.Verdict) string {
	switch v.Deployment.Standing {
	case manifest.Guarded, manifest.OptedOut:
		if v.Off {
			return "off"
		}
		return "yes"
	case manifest.NamespaceNotKnown:
		return "unknown"
	}
	return "no"
}

// admitted tells whether what is missing in a manifest is no matter, as admission will add
// it: its namespace is enabled, by its label in the files or because that was asked for.
func (r *Row) admitted(v *verdict.Verdict) bool {
	return !v.Live && v.Guarded() && v.Decision.Mode != api.Audit && (r.State == policy.Unguarded || r.State == policy.Pending)
}

func afterAdmission(v *verdict.Verdict) policy.State {
	if len(v.Decision.Risks()) > 0 {
		return policy.Risky
	}
	return policy.Guarded
}

func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := list[:0]
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
