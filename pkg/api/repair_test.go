package api_test

import (
	"testing"

	"github.com/rollguard/rollguard/pkg/api"
)

func TestTheAdministratorLimitsRepairs(t *testing.T) {
	for name, tc := range map[string]struct {
		limits   api.RepairLimits
		asked    string
		want     api.Repair
		problems int
	}{
		"a namespace that says nothing gets the default":        {api.RepairLimits{ByDefault: api.RepairStrategy, AtMost: api.RepairRollout}, "", api.RepairStrategy, 0},
		"a namespace may ask for less than the default":         {api.RepairLimits{ByDefault: api.RepairStrategy, AtMost: api.RepairRollout}, "report", api.RepairReport, 0},
		"a namespace may ask for the most":                      {api.RepairLimits{ByDefault: api.RepairReport, AtMost: api.RepairStrategy}, "strategy", api.RepairStrategy, 0},
		"a namespace that asks for more gets the most, and why": {api.RepairLimits{ByDefault: api.RepairReport, AtMost: api.RepairStrategy}, "rollout", api.RepairStrategy, 1},
		"an unknown word is a problem, and the default holds":   {api.RepairLimits{ByDefault: api.RepairStrategy, AtMost: api.RepairRollout}, "all", api.RepairStrategy, 1},
		"a default above the most is the most, and no problem":  {api.RepairLimits{ByDefault: api.RepairRollout, AtMost: api.RepairReport}, "", api.RepairReport, 0},
	} {
		t.Run(name, func(t *testing.T) {
			annotations := map[string]string{}
			if tc.asked != "" {
				annotations["repair"] = tc.asked
			}
			resolver := api.NewResolver(nil, api.DefaultBounds()).WithRepair(tc.limits)
			settings, problems := resolver.Resolve(prefixed(annotations), nil)
			if settings.Repair.Value != tc.want || len(problems) != tc.problems {
				t.Errorf("got %s with problems %v, want %s with %d", settings.Repair.Value, problems, tc.want, tc.problems)
			}
		})
	}
}
