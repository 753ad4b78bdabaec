package policy

import (
	"strings"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/topology"
)

// survey settles what is asked about an object that nobody is writing.
func (e *evaluation) survey() {
	switch e.in.Survey {
	case NextRollout:
		e.result.Trigger = Surveyed
	case WithoutRollout:
		// What is stored is what is looked at. A record that cannot be read was reported.
		own, _ := provenance.ParseRecord(e.in.New.Annotations[api.AnnotationInjected])
		e.previous = provenance.Recorded(e.in.New, own)
		e.result.Trigger = TemplateKept
	}
}

// repairAsked tells whether this write is the posture loop asking for a rollout
// (docs/adr/0012): the annotation is new, and the namespace wants such repairs. A
// manifest that carries an old one along asks for nothing.
func (e *evaluation) repairAsked() bool {
	asked := e.in.New.Annotations[api.AnnotationRepaired]
	return e.in.Settings.Repair.Value == api.RepairRollout &&
		strings.HasPrefix(asked, string(api.RepairRollout)) &&
		asked != e.in.Old.Annotations[api.AnnotationRepaired]
}

// State sums up how a stored Deployment stands.
type State string

// The states, as docs/reference/posture.md explains them.
const (
	// Guarded: its next rollout changes nothing, and no risk is known.
	Guarded State = "guarded"
	// Pending: only values of ours differ from what they would be now; they follow at
	// the next rollout.
	Pending State = "pending"
	// Unguarded: something is missing that Rollguard would write.
	Unguarded State = "unguarded"
	// Risky: nothing is left to write, and requests may be lost all the same.
	Risky State = "at-risk"
	// Unexposed: nothing sends traffic there.
	Unexposed State = "not-exposed"
	// Exempt: it opted out, another controller owns it, or it is being deleted.
	Exempt State = "left-alone"
	// Undecided: it could not be evaluated.
	Undecided State = "undecided"
)

// States are all states.
func States() []State {
	return []State{Guarded, Pending, Unguarded, Risky, Unexposed, Exempt, Undecided}
}

// State is the state that the answer to [NextRollout] stands for.
func (r *Result) State() State {
	switch {
	case r.Trigger == LeftAlone || r.optedOut:
		return Exempt
	case r.Exposure.Kind == topology.None && !r.hasRisk():
		return Unexposed
	case r.lacking > 0:
		return Unguarded
	case len(r.Changes) > 0 && r.Exposure.Kind != topology.None:
		return Pending
	case r.hasRisk():
		return Risky
	}
	return Guarded
}

func (r *Result) hasRisk() bool {
	for i := range r.Findings {
		if r.Findings[i].Outcome == AtRisk {
			return true
		}
	}
	return false
}
