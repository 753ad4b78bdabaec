package policy

import "github.com/rollguard/rollguard/pkg/api"

// rule is one thing that a rollout needs.
type rule struct {
	name api.Rule
	// evaluate looks at the author's Deployment and says what it wants and why.
	evaluate func(*evaluation)
}

// rules are all rules in the order in which they run. Values that depend on each
// other (sleep and grace period, minReadySeconds and progress deadline) are computed
// before, in timing.go, so the order decides only how findings read.
func rules() []rule {
	return []rule{
		{api.RuleStrategy, strategy},
		{api.RuleStartupProbe, startupProbe},
		{api.RuleReadinessProbe, readinessProbe},
		{api.RulePreStop, preStop},
		{api.RuleGracePeriod, gracePeriod},
		{api.RuleMinReady, minReady},
		{api.RuleProgressDeadline, progressDeadline},
	}
}
