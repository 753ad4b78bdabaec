package report

import (
	"bytes"
	"fmt"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

func machine(w *bytes.Buffer, r *rollout.Result) {
	v, m := r.Versions, r.Machine
	fmt.Fprintf(w, "## What ran, and how busy the machine was\n\n%s, %.0f minutes. Rollguard %s, Kubernetes %s, %s, k6 %s, %s. %s, %d cores, Linux %s.\n\n",
		r.Date.Format("2006-01-02 15:04 MST"), r.Minutes, v.Rollguard, v.Kubernetes, v.Containerd, v.K6, v.Go, m.CPU, m.Cores, m.Kernel)
	if len(r.Sweep) > 0 {
		fmt.Fprintf(w, "How many users the machine carries: the most of this series for which 95 of 100 answers take at most 150 ms (the application alone\n"+
			"takes 100), and 90 %% of what the users could ask for is answered, with 8 Pods at rest.\n\n")
		head(w, "users", "requests/s", "p50, ms", "p95, ms", "p99, ms", "processors busy", "load average")
		for _, s := range r.Sweep {
			row(w, fmt.Sprint(s.Users), fmt.Sprintf("%.0f", s.PerSecond), fmt.Sprintf("%.0f", s.Milliseconds.P50), fmt.Sprintf("%.0f", s.Milliseconds.P95),
				fmt.Sprintf("%.0f", s.Milliseconds.P99), fmt.Sprintf("%.0f %%", 100*s.Strain.Busy), fmt.Sprintf("%.1f", s.Strain.LoadBefore))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "Under the rollouts (other programs used the machine too; the experiment had priority):\n\n")
	head(w, "rollouts", "processors busy, mean of each", "worst p95 of those that lost nothing, ms", "timers late by, p99, ms", "load average before", "made again")
	for _, in := range []string{plan.Ramp, plan.Constant, plan.Measured, plan.FailOver, plan.Profiles, plan.Lag, plan.RaceA, plan.Behaviour} {
		strainRow(w, r, in)
	}
	fmt.Fprintf(w, "\nA run counts as disturbed, and is made again once, when one timer in a hundred was late by more than 200 ms, the load generator could not send\n"+
		"1 in 1,000 requests, a Pod that served was not ready for a while, or the three counts differ.\n\n")
	var dropped int64
	for i := range r.Rollouts {
		dropped += r.Rollouts[i].Client.Dropped
	}
	fmt.Fprintf(w, "The load generator could not send %s requests in all; they are in no count.\n\n", thousands(dropped))
	missing(w, r)
}

// missing says what the plan asked for and the results have not.
func missing(w *bytes.Buffer, r *rollout.Result) {
	if len(r.LeftOut)+len(r.Failed) == 0 {
		return
	}
	fmt.Fprintf(w, "Missing:\n\n")
	for _, title := range r.LeftOut {
		fmt.Fprintf(w, "* no time for: %s\n", title)
	}
	for _, f := range r.Failed {
		fmt.Fprintf(w, "* no result: %s\n", f)
	}
	fmt.Fprintln(w)
}

func strainRow(w *bytes.Buffer, r *rollout.Result, in string) {
	lowest, highest, p95, late, load, again, n := 1.0, 0.0, 0.0, 0.0, 0.0, 0, 0
	for i := range r.Rollouts {
		one := &r.Rollouts[i]
		if one.Group != in {
			continue
		}
		n++
		s := &one.Strain
		lowest, highest, late, load = min(lowest, s.Busy), max(highest, s.Busy), max(late, s.LateP99), max(load, s.LoadBefore)
		again += one.Repeats
		if one.Client.Lost() == 0 {
			p95 = max(p95, one.Client.Milliseconds.P95)
		}
	}
	worst := "-" // where all lost something
	if p95 > 0 {
		worst = fmt.Sprintf("%.0f", p95)
	}
	if n > 0 {
		row(w, fmt.Sprintf("%d x %s", n, in), fmt.Sprintf("%.0f to %.0f %%", 100*lowest, 100*highest), worst,
			fmt.Sprintf("up to %.0f", late), fmt.Sprintf("up to %.1f", load), fmt.Sprint(again))
	}
}

func limits(w *bytes.Buffer, _ *rollout.Result) {
	fmt.Fprintf(w, `## Honest limits

The load balancer and its controller are models; nobody outside AWS knows how long the nodes of a real one take, and 5 to 15 s is what users
report. One machine, one node, one kind of application, HTTP/1.1. Requests of one rollout fail together, so three rollouts prove less than 300,000
independent requests would. [Method](method.md) has the parameters with their sources, and [all limits](method.md#honest-limits);
[results.json](results.json) has every rollout, second by second. Measure [your own](../guides/measure-your-own.md).
`)
}
