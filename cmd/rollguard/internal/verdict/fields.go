package verdict

import "github.com/rollguard/rollguard/pkg/api"

// Field is the field of a Deployment that a rule writes, as people know it.
func Field(rule api.Rule) string {
	switch rule {
	case api.RuleStrategy:
		return "strategy"
	case api.RuleStartupProbe:
		return "startupProbe"
	case api.RuleReadinessProbe:
		return "readinessProbe"
	case api.RulePreStop:
		return "preStop"
	case api.RuleGracePeriod:
		return "terminationGracePeriodSeconds"
	case api.RuleMinReady:
		return "minReadySeconds"
	case api.RuleProgressDeadline:
		return "progressDeadlineSeconds"
	}
	return string(rule)
}
