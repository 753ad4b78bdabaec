package api

import "fmt"

// RepairLimits are what an administrator says about repairs in the whole cluster.
type RepairLimits struct {
	// ByDefault holds in namespaces that say nothing, AtMost is the most that one may
	// ask for.
	ByDefault, AtMost Repair
}

// WithRepair is the resolver with an administrator's limits in place of the built-in
// ones: report by default, rollout at most.
func (r *Resolver) WithRepair(limits RepairLimits) *Resolver {
	out := *r
	out.repair = limits
	return &out
}

func (s *resolution) limitRepair() {
	asked, most := &s.settings.Repair, s.resolver.repair.AtMost
	if most.Includes(asked.Value) {
		return
	}
	if asked.Asked() {
		s.report(OutOfBounds, asked.Source, string(asked.Value),
			fmt.Sprintf("%s asks for %s, more than the administrator allows; %s is used", asked.Source, asked.Value, most))
	}
	asked.Value = most
}
