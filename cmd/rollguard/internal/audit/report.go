package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
)

// Report is everything that an audit says. Its JSON form is stable.
type Report struct {
	// Kubernetes is the version that it was decided for.
	Kubernetes  string         `json:"kubernetes"`
	Summary     map[string]int `json:"summary"`
	Deployments []Row          `json:"deployments"`
	// Unread could not be read, so that what is said may be wrong.
	Unread []live.Gap `json:"unread"`
	// Errors are objects and documents that could not be evaluated.
	Errors []string `json:"errors"`

	// Rollguard is the version of the program, FailOn what makes it fail.
	Rollguard string `json:"rollguard"`
	FailOn    FailOn `json:"failOn"`
	// Live says that a cluster was read, Off that it has no webhook at work.
	Live bool `json:"-"`
	Off  bool `json:"-"`
}

// Finish sorts the rows and counts.
func (r *Report) Finish() {
	slices.SortFunc(r.Deployments, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(rank(a.State), rank(b.State)),
			cmp.Compare(cost(&b), cost(&a)),
			cmp.Compare(a.Key(), b.Key()),
		)
	})
	r.Summary = map[string]int{}
	for i := range r.Deployments {
		r.Summary[string(r.Deployments[i].State)]++
	}
}

func rank(s policy.State) int { return slices.Index(verdict.States(), s) }

// cost orders Deployments of one state: what a load balancer sends to comes first, then
// that of which more is to be said.
func cost(r *Row) int {
	n := len(r.Reasons) + 100*len(r.Open)
	if r.Exposure.Balanced() {
		n += 1000
	}
	return n
}

// Line sums up, as "3 Deployments: 1 unguarded, 2 guarded. Kubernetes v1.37.2." does.
func (r *Report) Line() string {
	var parts []string
	for _, s := range verdict.States() {
		if n := r.Summary[string(s)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	noun := "Deployments"
	if len(r.Deployments) == 1 {
		noun = "Deployment"
	}
	text := fmt.Sprintf("%d %s", len(r.Deployments), noun)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s. Kubernetes %s.", text, r.Kubernetes)
}

// Unknown are the Deployments that could not be decided about for lack of rights.
func (r *Report) Unknown() []string {
	var out []string
	for i := range r.Deployments {
		if row := &r.Deployments[i]; row.State == policy.Undecided && row.hidden {
			out = append(out, row.Key())
		}
	}
	return out
}

// Fails tells whether a Deployment is what was not to be.
func (r *Report) Fails() bool {
	return slices.ContainsFunc(r.Deployments, func(row Row) bool { return r.FailOn.Matches(&row) })
}

// FailOn are states and codes that make an audit fail.
type FailOn []string

// Never is the word for no state at all.
const Never = "never"

// Words are what --fail-on takes, without the codes of findings.
func Words() []string { return append(stateNames(), Never) }

func stateNames() []string {
	var out []string
	for _, s := range verdict.States() {
		out = append(out, string(s))
	}
	return out
}

// ParseFailOn checks the words.
func ParseFailOn(words []string) (FailOn, error) {
	var out FailOn
	for _, word := range words {
		switch {
		case word == Never && len(words) == 1:
			return FailOn{}, nil
		case word == Never:
			return nil, fmt.Errorf("--fail-on: %s stands alone", Never)
		case slices.Contains(verdict.States(), policy.State(word)), isCode(word):
			out = append(out, word)
		default:
			return nil, fmt.Errorf("--fail-on %q: is neither a state (%s), nor the code of a finding, nor %s", word, strings.Join(stateNames(), ", "), Never)
		}
	}
	return out, nil
}

// Matches tells whether a row has one of the states, or for one of the reasons.
func (f FailOn) Matches(r *Row) bool {
	if slices.Contains(f, string(r.State)) {
		return true
	}
	return slices.ContainsFunc(r.Reasons, func(reason Reason) bool {
		return reason.Kind != Added && slices.Contains(f, string(reason.Code))
	})
}

// isCode tells whether a word may stand in the column WHY.
func isCode(word string) bool {
	return word == string(manifest.OptedOut) || word == string(Unreadable) || slices.ContainsFunc(policy.Catalogue(), func(e policy.Entry) bool { return string(e.Code) == word })
}
