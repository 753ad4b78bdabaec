package report

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

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
	return slices.Concat(arms(r), losesNone(r), model(r), faults(r))
}

// arms are what the project is for.
func arms(r *rollout.Result) []verdict {
	var out []verdict
	if plain := both(r, "plain"); plain.Rollouts > 0 {
		fewest := 1.0
		for i := range r.Rollouts {
			if one := &r.Rollouts[i]; one.Name == "plain" && (one.Group == plan.Ramp || one.Group == plan.Constant) {
				fewest = min(fewest, countOf(one).Share())
			}
		}
		out = append(out, verdict{"Plain loses requests in every rollout.", fewest > 0, fmt.Sprintf("at least %s in each of %d", percent(fewest), plain.Rollouts)})
	}
	if c := both(r, "rollguard"); c.Rollouts > 0 {
		out = append(out, verdict{
			"With Rollguard, by annotations alone, none of 300,000 or more is lost.", c.Lost == 0 && c.All >= enough,
			fmt.Sprintf("%s of %s in %s; at 95 %% less than %s", thousands(c.Lost), thousands(c.All), rollouts(c.Rollouts), percent(rollout.AtMost(c.Lost, c.All))),
		})
	}
	return out
}

// losesNone are the rollouts of which each is to lose nothing.
func losesNone(r *rollout.Result) []verdict {
	claims := []struct {
		sentence, in string
		names        []string
	}{
		{"Standard and careful, with nothing set but paths, lose none.", plan.Constant, []string{"standard", "careful"}},
		{"Careful bears a lag of 20 s.", plan.Profiles, []string{"careful, lag 20 s"}},
		{"So does standard with propagation-delay 20s.", plan.Profiles, []string{"standard with propagation-delay 20s, lag 20 s"}},
		{
			"Standard, with its minReadySeconds, and careful lose none while the controller is away for 20 s.", plan.FailOver,
			[]string{"standard, 20 s away", "careful, 20 s away"},
		},
	}
	var out []verdict
	for _, claim := range claims {
		var c rollout.Count
		for i := range r.Rollouts {
			if one := &r.Rollouts[i]; one.Group == claim.in && slices.Contains(claim.names, one.Name) {
				c.Add(one)
			}
		}
		if c.Rollouts > 0 {
			out = append(out, verdict{claim.sentence, c.Lost == 0, fmt.Sprintf("%s of %s in %s", thousands(c.Lost), thousands(c.All), rollouts(c.Rollouts))})
		}
	}
	return out
}

// model is whether it does as the real controller did.
func model(r *rollout.Result) []verdict {
	agree, all := 0, 0
	for _, s := range sources() {
		if n := find(r, s.group, s.name); n != nil {
			all++
			if s.agrees(beside(n).Share()) {
				agree++
			}
		}
	}
	if all == 0 {
		return nil
	}
	return []verdict{{
		"The model gives again what was measured with the real controller, within a factor of 1.5 where it is not 0, and 0 where it is.",
		agree == all, fmt.Sprintf("%d of %d lines", agree, all),
	}}
}

func faults(r *rollout.Result) []verdict {
	n := 0
	for i := range r.Rollouts {
		if len(r.Rollouts[i].Faults) > 0 {
			n++
		}
	}
	return []verdict{{
		"Client, load balancer and application count the same, and the machine was not starved.", n == 0,
		fmt.Sprintf("%d of %d rollouts have faults", n, len(r.Rollouts)),
	}}
}

// rollouts counts them in words.
func rollouts(n int) string {
	if n == 1 {
		return "1 rollout"
	}
	return fmt.Sprintf("%d rollouts", n)
}

func verdicts(w *bytes.Buffer, r *rollout.Result) {
	fmt.Fprintf(w, "## What it proves\n\n")
	head(w, "", "holds", "evidence")
	for _, v := range judge(r) {
		row(w, v.sentence, yes(v.holds), v.evidence)
	}
	fmt.Fprintf(w, "\nThe bounds are those of Clopper and Pearson and hold for independent requests; those of one rollout fail together, so read them with the number of rollouts.\n"+
		"A star (*) marks what has rollouts that were disturbed, most of them because the load generator ran out of users while requests waited for time-outs: some\n"+
		"that would have been lost were never sent.\n\n")
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
