package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

// source is what was lost with the real controller (LBC v3.5), in percent, in each
// rollout; docs/experiment/method.md says of it.
type source struct {
	group, name string
	lost        []float64
}

// sources are its tables.
func sources() []source {
	return []source{
		{plan.Measured, "plain, 2 s", []float64{14, 18}},
		{plan.Measured, "plain, 5-15 s", []float64{31, 31}},
		{plan.Measured, "probes, 2 s", []float64{8, 9}},
		{plan.Measured, "probes, 5-15 s", []float64{30, 30}},
		{plan.Measured, "sleep 20, 2 s", []float64{0}},
		{plan.Measured, "sleep 20, 5-15 s", []float64{0}},
		{plan.Measured, "sleep 35, 2 s", []float64{0}},
		{plan.Measured, "sleep 35, 5-15 s", []float64{0}},
		{plan.Measured, "sleep 20 + readiness gate, 2 s", []float64{0}},
		{plan.Measured, "sleep 20 + readiness gate, 5-15 s", []float64{0}},
		{plan.RaceA, "1 replicas, minReadySeconds 0, 2 s", []float64{12, 21}},
		{plan.RaceA, "1 replicas, minReadySeconds 0, 5-15 s", []float64{10, 17}},
		{plan.RaceA, "1 replicas, minReadySeconds 25, 2 s", []float64{0}},
		{plan.RaceA, "1 replicas, minReadySeconds 25, 5-15 s", []float64{0}},
		{plan.FailOver, "sleep 20", []float64{842. / 83.32, 573. / 84.24, 207. / 87.53, 236. / 78.15}},
		{plan.FailOver, "sleep 35", []float64{0, 0}},
		{plan.FailOver, "sleep 20 + minReadySeconds 25", []float64{0, 0, 0, 0}},
	}
}

// factor is how far off the model may be.
const factor = 1.5

// agrees tells whether a share is within the factor of what the source's rollouts lost,
// from the one that lost least to the one that lost most, or 0 where none lost any.
func (s *source) agrees(share float64) bool {
	least, most := slices.Min(s.lost)/100, slices.Max(s.lost)/100
	if most == 0 {
		return share == 0
	}
	return share >= least/factor && share <= most*factor
}

// beyond is for how many seconds after a rollout was complete its requests count beside
// those of the source. It does not say for how long its load went on, but its counts do:
// 8,332 requests at 120 to 150 a second for a rollout of 35 s.
const beyond = 30

// beside counts a rollout from its load's beginning until then.
func beside(n *named) rollout.Count {
	var c rollout.Count
	for _, r := range n.rollouts {
		lost := r.Series.Losses()
		for i := range r.Series.OK {
			if float64(r.Series.From+i) < r.Complete+beyond {
				c.All += r.Series.OK[i] + lost[i]
				c.Lost += lost[i]
			}
		}
		c.Rollouts++
	}
	return c
}

// besideOf is the share of one rollout.
func besideOf(r *rollout.Rollout) string {
	return percent(beside(&named{rollouts: []*rollout.Rollout{r}}).Share())
}

func measured(w *bytes.Buffer, r *rollout.Result) {
	if len(group(r, plan.Measured)) == 0 {
		return
	}
	fmt.Fprintf(w, "## The model beside the real controller\n\nLBC v3.5 itself, on Kubernetes 1.37, against a modelled AWS, gave the left side (120 to 150 requests/s, 2 nodes,\n"+
		"[its lags](method.md#parameters-of-the-model)). The model of this project, at the same lags (and at 120 requests/s, but 20 where there is one replica or a fail-over), gave the right one. A share depends on how long the load goes on; the\n"+
		"source's ended about %d s after the rollout was complete, by its counts, so that is what is compared here. Where the\n"+
		"source's rollouts differ, \"within\" means between the one that lost least and the one that lost most.\n\n", beyond)
	head(w, "Deployment, propagation", "real controller", "model", "95 % bounds", "lost in each", "within a factor of 1.5")
	for _, s := range sources() {
		n := find(r, s.group, s.name)
		if n == nil {
			continue
		}
		var theirs []string
		for _, v := range s.lost {
			theirs = append(theirs, percent(v/100))
		}
		c := beside(n)
		row(w, n.marked(), strings.Join(theirs, ", "), percent(c.Share()), bounds(c), n.each(besideOf), yes(s.agrees(c.Share())))
	}
	fmt.Fprintln(w)
}
