package posture

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
)

// The reasons of Events on Deployments.
const (
	reasonUnguarded    = "RollguardUnguarded"
	reasonAtRisk       = "RollguardAtRisk"
	reasonRepaired     = "RollguardRepaired"
	reasonRepairFailed = "RollguardRepairFailed"
)

func reasons(s policy.State) string {
	if s == policy.Unguarded {
		return reasonUnguarded
	}
	return reasonAtRisk
}

// report is what an Event says about a Deployment in this state, "" for nothing. It
// holds nothing that changes from one look to the next while the reason stays the
// same: the text is what an Event is known by.
func report(s policy.State, d *decision.Decision) string {
	switch s {
	case policy.Unguarded:
		text := fmt.Sprintf("This Deployment is not guarded%s. Missing: %s.", behind(d), strings.Join(d.ChangedRules(), ", "))
		if d.Mode == api.Audit {
			return text + " The mode is audit, so Rollguard will not add it."
		}
		return text + " The next rollout adds it; kubectl rollout restart starts one."
	case policy.Risky:
		return fmt.Sprintf("A rollout of this Deployment may lose requests%s: %s.", behind(d), risks(d))
	}
	return ""
}

func behind(d *decision.Decision) string {
	if len(d.Exposure.Routes) == 0 {
		return ""
	}
	return " behind " + d.Exposure.Routes[0].String()
}

// maxRisks is how many risks are told in full.
const maxRisks = 3

func risks(d *decision.Decision) string {
	out := d.Risks()
	if more := len(out) - maxRisks; more > 0 {
		out = append(out[:maxRisks], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, "; ")
}
