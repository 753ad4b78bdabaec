package posture

import (
	"fmt"
	"slices"
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

// report is the Event about a Deployment in this state, without a note where there is
// nothing to say. It holds nothing that changes from one look to the next while the
// reason stays the same: that is what an Event is known by. An outage of admission does not
// count, or every Deployment would be reported again; broken says that there is one.
func report(s policy.State, d *decision.Decision, broken bool) event {
	e := event{reason: reasons(s), warn: true}
	switch s {
	case policy.Unguarded:
		e.note = fmt.Sprintf("This Deployment is not guarded%s. Called for: %s. %s", behind(d), inWords(d.Changes, "is"), advice(d, broken))
		if len(d.Risks()) > 0 {
			e.note += " A rollout may lose requests even then: " + risks(d) + "."
		}
		e.known, e.advises = known(d), d.Mode != api.Audit
	case policy.Risky:
		e.note = fmt.Sprintf("A rollout of this Deployment may lose requests%s: %s.", behind(d), risks(d))
	}
	return e
}

// advice is what is to be done, in whole sentences. It is true after an outage, too, as
// nothing is reported again then.
func advice(d *decision.Decision, broken bool) string {
	text := remedy(d)
	if broken && d.Mode != api.Audit {
		return "Rollguard was not at work when this was written (rollguard check tells whether it is now). While it is, " + text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// remedy says how what is missing gets there.
func remedy(d *decision.Decision) string {
	now, later := split(d)
	switch wanted := d.Settings.Repair.Value; {
	case d.Mode == api.Audit:
		return "the mode is audit, so Rollguard will not add it."
	case wanted.Includes(api.RepairStrategy) && len(later) == 0:
		return "Rollguard adds it by itself, as the namespace asks; no rollout is needed."
	case wanted.Includes(api.RepairRollout):
		return "Rollguard adds it by itself and starts the rollout, as the namespace asks, once the last rollout is over and the Deployment is not paused."
	case wanted.Includes(api.RepairStrategy) && len(now) > 0:
		return "Rollguard adds " + fieldNames(outside(d.Changes)) + " by itself, as the namespace asks; the next rollout adds the rest, and " + restart(d)
	}
	return "the next rollout adds it; " + restart(d)
}

// restart says how a rollout is started: kubectl refuses to restart what is paused.
func restart(d *decision.Decision) string {
	if d.Paused {
		return "kubectl rollout restart starts one, after kubectl rollout resume, as the Deployment is paused."
	}
	return "kubectl rollout restart starts one."
}

// known is what a report of missing things is known by. Where the strategy is repaired, its
// rules do not count: what is left afterwards is no news.
func known(d *decision.Decision) string {
	now, later := split(d)
	if !d.Settings.Repair.Value.Includes(api.RepairStrategy) || d.Mode == api.Audit || len(later) == 0 {
		later = append(now, later...)
	}
	return strings.Join([]string{behind(d), string(d.Mode), string(d.Settings.Repair.Value), strings.Join(later, ","), risks(d)}, "\x00")
}

// outside are the changes that start no rollout.
func outside(changes []policy.Change) []policy.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c policy.Change) bool { return c.Path.InTemplate() })
}

// split gives the rules that change something without a rollout, and those that need one.
func split(d *decision.Decision) (now, later []string) {
	for _, rule := range d.ChangedRules() {
		rolls := slices.ContainsFunc(d.Changes, func(c policy.Change) bool { return string(c.Rule) == rule && c.Path.InTemplate() })
		if rolls {
			later = append(later, rule)
		} else {
			now = append(now, rule)
		}
	}
	return now, later
}

func behind(d *decision.Decision) string {
	if by := d.Exposure.Behind(); by != "" {
		return " behind " + by
	}
	return ""
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
