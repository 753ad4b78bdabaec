package policy

import (
	"encoding/json"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// State sums up how a stored Deployment stands.
type State string

// The states, as docs/reference/posture.md explains them.
const (
	// Guarded: its next rollout changes nothing, and no risk is known.
	Guarded State = "guarded"
	// Pending: values of ours differ from what they would be now, and none protects less;
	// they follow at the next rollout.
	Pending State = "pending"
	// Unguarded: something is missing that Rollguard would write, or a wait of ours is too
	// short by now, as after an Ingress that came late.
	Unguarded State = "unguarded"
	// Risky: nothing is missing that Rollguard would write, and requests may be lost all the
	// same. Values of ours may be pending beside.
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
	case r.Exposure.Kind == topology.None && r.risks() == r.elsewhere:
		return Unexposed
	case r.lacking > 0:
		return Unguarded
	case r.risks() > 0:
		return Risky
	case len(r.Changes) > 0 && r.Exposure.Kind != topology.None:
		return Pending
	}
	return Guarded
}

// Has tells whether there is a finding of a code.
func (r *Result) Has(code Code) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == code })
}

// protectsMore tells whether the new value of a field of ours is needed: with the old
// one requests are lost, as with a sleep that is too short for the ALB that came later.
func protectsMore(p workload.Path, before, after json.RawMessage) bool {
	switch p {
	case workload.GracePeriod, workload.MinReadySeconds:
		return number(after) > number(before)
	case workload.MaxUnavailable:
		return string(after) == "0"
	}
	name, _ := p.Container()
	return p == workload.PreStop(name) && sleepOf(after) > sleepOf(before)
}

func number(raw json.RawMessage) int64 {
	var n int64
	if json.Unmarshal(raw, &n) != nil {
		return 0 // absent
	}
	return n
}

func sleepOf(raw json.RawMessage) time.Duration {
	var hook corev1.LifecycleHandler
	if json.Unmarshal(raw, &hook) != nil {
		return 0 // absent
	}
	sleep, _ := hookSleep(&hook)
	return sleep
}

// ChangedRules names the rules that change something, in their order.
func (r *Result) ChangedRules() []string {
	var out []string
	for i := range r.Changes {
		if rule := string(r.Changes[i].Rule); rule != "" && !slices.Contains(out, rule) {
			out = append(out, rule)
		}
	}
	return out
}
