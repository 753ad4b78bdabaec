package report

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

// verdict is a sentence that the results bear out, or not.
type verdict struct {
	sentence string
	holds    bool
	evidence string
}

// enough is how many requests the claim of no loss is made of.
const enough = 300_000

// judge says what the results prove. A sentence of which there is no result is left out.
func judge(r *rollout.Result) []verdict {
	var out []verdict
	add := func(sentence string, holds bool, evidence string) {
		out = append(out, verdict{sentence, holds, evidence})
	}
	if plain := both(r, "plain"); plain.Rollouts > 0 {
		fewest := 1.0
		for _, in := range []string{plan.Ramp, plan.Constant} {
			if n := find(r, in, "plain"); n != nil {
				for _, one := range n.rollouts {
					fewest = min(fewest, rollout.Count{Lost: one.Client.Lost(), All: one.Client.Requests}.Share())
				}
			}
		}
		add("Plain loses requests in every rollout.", fewest > 0, fmt.Sprintf("at least %s in each of %d", percent(fewest), plain.Rollouts))
	}
	if c := both(r, "rollguard"); c.Rollouts > 0 {
		add("With Rollguard, by annotations alone, none of 300,000 or more is lost.", c.Lost == 0 && c.All >= enough,
			fmt.Sprintf("%s of %s in %d rollouts; at 95 %% less than %s", thousands(c.Lost), thousands(c.All), c.Rollouts, percent(rollout.AtMost(c.Lost, c.All))))
	}
	none := func(sentence, in string, names ...string) {
		var c rollout.Count
		for _, name := range names {
			if n := find(r, in, name); n != nil {
				for _, one := range n.rollouts {
					c.Add(one)
				}
			}
		}
		if c.Rollouts > 0 {
			add(sentence, c.Lost == 0, fmt.Sprintf("%s of %s in %d rollouts", thousands(c.Lost), thousands(c.All), c.Rollouts))
		}
	}
	none("Standard and careful, with nothing set but paths, lose none.", plan.Constant, "standard", "careful")
	none("Careful bears a lag of 20 s.", plan.Profiles, "careful, lag 20 s")
	none("So does standard with propagation-delay 20s.", plan.Profiles, "standard with propagation-delay 20s, lag 20 s")
	none("Standard, with its minReadySeconds, and careful lose none while the controller is away for 20 s.", plan.FailOver, "standard, 20 s away", "careful, 20 s away")
	agree, all := 0, 0
	for _, s := range sources() {
		if n := find(r, s.group, s.name); n != nil {
			all++
			if s.agrees(n.count().Share()) {
				agree++
			}
		}
	}
	if len(group(r, plan.Measured)) > 0 {
		add("The model gives again what was measured with the real controller, within a factor of 1.5 where it is not 0, and 0 where it is.",
			agree == all, fmt.Sprintf("%d of %d lines", agree, all))
	}
	faults := 0
	for i := range r.Rollouts {
		if len(r.Rollouts[i].Faults) > 0 {
			faults++
		}
	}
	add("Client, load balancer and application count the same, and the machine was not starved.", faults == 0,
		fmt.Sprintf("%d of %d rollouts have faults", faults, len(r.Rollouts)))
	return out
}

func verdicts(w *bytes.Buffer, r *rollout.Result) {
	fmt.Fprintf(w, "## What it proves\n\n")
	head(w, "", "holds", "evidence")
	for _, v := range judge(r) {
		row(w, v.sentence, yes(v.holds), v.evidence)
	}
	fmt.Fprintf(w, "\nThe bounds are those of Clopper and Pearson and hold for independent requests; those of one rollout fail together, so read them with the number of rollouts.\n\n")
}

// Check returns an error for what the results do not bear out.
func Check(r *rollout.Result) error {
	var errs []error
	for _, v := range judge(r) {
		if !v.holds {
			errs = append(errs, fmt.Errorf("does not hold: %s (%s)", v.sentence, v.evidence))
		}
	}
	return errors.Join(errs...)
}
