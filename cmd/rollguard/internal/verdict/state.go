package verdict

import "github.com/rollguard/rollguard/pkg/policy"

// The states that are beside those of package policy.
const (
	// Accepted: there is nothing to add, as an annotation keeps fields as they are or asks for
	// less, and requests may be lost by that.
	Accepted policy.State = "accepted"
	// NotEnabled: nobody is called for its namespace.
	NotEnabled policy.State = "not-enabled"
)

// States are all states, the worst first.
func States() []policy.State {
	return []policy.State{
		policy.Unguarded, policy.Risky, policy.Undecided, policy.Pending, Accepted,
		policy.Exempt, policy.Unexposed, NotEnabled, policy.Guarded,
	}
}

// Settled is a state of package policy, or [Accepted] where that finds nothing to do and
// races are open.
func Settled(state policy.State, open []string) policy.State {
	if state == policy.Guarded && len(open) > 0 {
		return Accepted
	}
	return state
}
