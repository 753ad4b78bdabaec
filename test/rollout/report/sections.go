package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

func mainTable(w *bytes.Buffer, r *rollout.Result) {
	users := 0
	for _, n := range group(r, plan.Ramp) {
		users = n.rollouts[0].Load.Users
	}
	fmt.Fprintf(w, "## The arms\n\n8 replicas, propagation 5 to 15 s, health check every 15 s. \"ramp\": the original's load, %d users without a pause, 10 s up, hold, 10 s down,\n"+
		"each arm with the machine to itself. \"/s\": requests that begin at a constant rate; \"plain\" and \"probes\" have a lower one, as each request that waits for a time-out takes a\n"+
		"user of the load generator. Users of the ramp who wait for a time-out ask for nothing meanwhile, so it shows too small a share: the constant rate is the one to go by.\n"+
		"A share also depends on how long the load goes on. \"until %d s after\" is that of the requests until so long after the rollout was complete: it compares arms with each other.\n\n", users, beyond)
	head(w, "arm", "load", "rollouts", "requests", "lost", "share", "95 % bounds", "lost in each", fmt.Sprintf("until %d s after, in each", beyond), "original", "complete after, s")
	for _, in := range []string{plan.Ramp, plan.Constant} {
		for _, n := range group(r, in) {
			c := n.count()
			original := ""
			if arm, err := rollout.FindArm(n.name); err == nil && in == plan.Ramp {
				original = arm.Original
			}
			row(w, n.marked(), loadOf(n.rollouts[0]), fmt.Sprint(c.Rollouts), thousands(c.All), thousands(c.Lost), percent(c.Share()), bounds(c), n.each(shareOf), n.each(besideOf), original, n.each(secondsOf))
		}
	}
	fmt.Fprintf(w, "\nWhat the API server stored:\n\n")
	head(w, "arm", "maxSurge", "maxUnavailable", "probes", "sleep", "grace", "minReadySeconds", "by Rollguard")
	for _, n := range group(r, plan.Constant) {
		a := n.rollouts[0].Admitted
		row(w, n.name, a.MaxSurge, a.MaxUnavailable, yes(a.Probes), fmt.Sprintf("%d s", a.Sleep), fmt.Sprintf("%d s", a.Grace), fmt.Sprint(a.MinReady), yes(a.ByRollguard))
	}
	fmt.Fprintf(w, "\nWhat clients got instead of an answer, under both loads:\n\n")
	head(w, "arm", "responses")
	for _, n := range group(r, plan.Constant) {
		all := n
		if ramp := find(r, plan.Ramp, n.name); ramp != nil {
			all.rollouts = slices.Concat(ramp.rollouts, n.rollouts)
		}
		row(w, n.name, cmp.Or(rollout.Reasons(all.responses()), "nothing was lost"))
	}
	fmt.Fprintf(w, "\n\"standard\" and \"careful\" are Rollguard's profiles with nothing set but the paths of the probes; \"rollguard\" is set to make the\n"+
		"Deployment that the original wrote by hand, which does not wait between two Pods.\n\n")
	for _, arm := range []string{"plain", "probes", "by-hand", "rollguard"} {
		if find(r, plan.Constant, arm) != nil {
			fmt.Fprintf(w, "![%s](rollout-%s.svg)\n\n", arm, arm)
		}
	}
}

// loadOf is the load of a rollout in a word or two.
func loadOf(r *rollout.Rollout) string {
	if r.Load.Users > 0 {
		return "ramp"
	}
	return fmt.Sprintf("%d/s", r.Load.Rate)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func profiles(w *bytes.Buffer, r *rollout.Result) {
	all := group(r, plan.Profiles)
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "## Where standard is not enough\n\nHere the lag is always the same: from a call of AWS until each node of the load balancer acts.\n\n")
	countTable(w, all, "setting and lag")
	fmt.Fprintf(w, "`standard` sleeps 20 s: enough for requests of 0.1 s up to a lag of nearly 20 s, and for requests of 15 s up to one of 5 s. Beyond, it\n"+
		"loses requests; the profile `careful`, or `rollguard.io/propagation-delay` with the lag that is to be borne, mends it. `rollguard explain` of\n"+
		"that Deployment says so:\n\n```text\n%s```\n\n", budget(r.Explained["standard, lag 20 s"]))
}

// budget is the part of an explanation that says how long a lag is borne.
func budget(explained string) string {
	var out strings.Builder
	for line := range strings.Lines(explained) {
		text := strings.TrimSpace(line)
		for _, wanted := range []string{"Deployment ", "container app, preStop", "A terminating Pod", "Enough", "for up to", "for nearly", "For more", "preStopSleep", "propagationDelay", "requestTimeout"} {
			if strings.HasPrefix(text, wanted) {
				out.WriteString(line)
			}
		}
	}
	return out.String()
}

func lagTable(w *bytes.Buffer, r *rollout.Result) {
	all := group(r, plan.Lag)
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "## Losses against lag and sleep\n\n2 replicas, which do not wait for each other. \"sleep 0\" is the arm \"probes\"; the others are Rollguard's with the sleep set by annotation. Requests to\n"+
		"Pods that had ended (502 and 504, race B) are what a sleep can prevent, and what the picture shows; 503 means that no new Pod was healthy yet (race A),\n"+
		"for which see the next section.\n\n![losses against lag and sleep](lag.svg)\n\n")
	head(w, "sleep and lag", "requests", "lost at ending Pods", "share", "95 % bounds", "lost for want of a healthy Pod", "complete after, s")
	for _, n := range all {
		c, b := n.count(), n.raceB()
		row(w, n.marked(), thousands(c.All), thousands(b.Lost), percent(b.Share()), bounds(b), thousands(c.Lost-b.Lost), n.each(secondsOf))
	}
	fmt.Fprintln(w)
}

// raceB counts what was lost at Pods that had ended: all but 503.
func (n *named) raceB() rollout.Count {
	c := n.count()
	for _, r := range n.rollouts {
		c.Lost -= r.Client.Statuses["503"]
	}
	return c
}

func raceA(w *bytes.Buffer, r *rollout.Result) {
	all := group(r, plan.RaceA)
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "## Race A: Ready before the load balancer agrees\n\nOne and two replicas, no readiness gate, a health check every 15 s, Rollguard with and without minReadySeconds.\n\n")
	countTable(w, all, "replicas, minReadySeconds, propagation")
	fmt.Fprintf(w, "A sleep does not help here: the old Pod serves, and nothing is sent to it. minReadySeconds keeps it in use until the new one is.\n\n")
}

func failOver(w *bytes.Buffer, r *rollout.Result) {
	all := group(r, plan.FailOver)
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "## The controller's leader is lost 8 s into the rollout\n\nNothing is registered or deregistered for 15 to 23 s, as measured, or for 20 s.\n\n")
	countTable(w, all, "setting")
}

func behaviour(w *bytes.Buffer, r *rollout.Result) {
	all := group(r, plan.Behaviour)
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "## Few replicas, and an application that drains\n\nAn application that drains finishes its requests after SIGTERM and takes no new ones.\n\n")
	countTable(w, all, "setting")
}
