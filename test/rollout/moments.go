package rollout

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rollguard/rollguard/test/alb"
)

// Prediction is the timeline that "rollguard explain -o json" gives of a Deployment: the
// seconds of its events by name, from the new Pod serving on.
type Prediction map[string]int

// ReadPrediction takes the timeline of a Deployment, "namespace/name", from explain's JSON.
func ReadPrediction(text []byte, deployment string) (Prediction, error) {
	type event struct {
		At   int
		Name string
	}
	var read struct {
		Deployments map[string]struct {
			Timeline *struct{ NewPod, OldPod []event }
		}
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("what explain says: %w", err)
	}
	t := read.Deployments[deployment].Timeline
	if t == nil {
		return nil, fmt.Errorf("explain has no timeline of %s", deployment)
	}
	p := Prediction{}
	for _, e := range append(t.NewPod, t.OldPod...) {
		p[e.Name] = e.At
	}
	return p, nil
}

// Moment is one event of one round of a rollout: what was predicted, and when it was.
// Seconds count from the new Pod serving on.
type Moment struct {
	Round               int
	Name                string
	Predicted, Measured float64
	// From is the earliest at which it may be, for what has no moment of its own: a Pod is
	// gone between SIGTERM and SIGKILL. It is Predicted for all others.
	From float64
}

// Off is by how many seconds it was not when it should have been; below 0 is too early.
func (m *Moment) Off() float64 {
	switch {
	case m.Measured < m.From:
		return m.Measured - m.From
	case m.Measured > m.Predicted:
		return m.Measured - m.Predicted
	}
	return 0
}

// Moments holds a rollout of one Pod at a time against its prediction. A new Pod serves
// from its first answer to kubelet on: where it has a startup probe, that is the one that
// ends the start.
func (r *Record) Moments(p Prediction) ([]Moment, error) {
	fresh, old := r.sides()
	if len(fresh) != len(old) || len(fresh) == 0 {
		return nil, fmt.Errorf("%d new Pods and %d old ones", len(fresh), len(old))
	}
	var out []Moment
	for i := range fresh {
		of := r.round(fresh[i], old[i])
		for _, name := range []string{"ready", "healthy", "available", "last-sent", "sigterm", "gone"} {
			at, predicted := of[name], name
			if name == "gone" {
				predicted = "sigkill"
			}
			second, known := p[predicted]
			if at.IsZero() || !known {
				return nil, fmt.Errorf("round %d: %s: predicted %t, seen %t", i+1, name, known, !at.IsZero())
			}
			m := Moment{Round: i + 1, Name: name, Predicted: float64(second), Measured: at.Sub(of["serves"]).Seconds()}
			if m.From = m.Predicted; name == "gone" {
				m.From = float64(p["sigterm"])
			}
			out = append(out, m)
		}
	}
	return out, nil
}

// named is a Pod.
type named struct {
	*Life

	name string
}

// sides are the Pods that came with the rollout and those that went, in their order.
func (r *Record) sides() (fresh, old []named) {
	for name, life := range r.Lives {
		switch {
		case life.Created.After(r.Trigger):
			fresh = append(fresh, named{life, name})
		case life.Deleted.After(r.Trigger):
			old = append(old, named{life, name})
		}
	}
	slices.SortFunc(fresh, func(a, b named) int { return a.Created.Compare(b.Created) })
	slices.SortFunc(old, func(a, b named) int { return a.Deleted.Compare(b.Deleted) })
	return fresh, old
}

// round are the moments of a new Pod and of the old one that goes for it. That it goes is
// how it shows that the new one counts as available.
func (r *Record) round(fresh, old named) map[string]time.Time {
	return map[string]time.Time{
		"serves": fresh.Probed, "ready": fresh.Ready, "healthy": r.last(fresh.name, alb.Healthy), "available": old.Deleted,
		"last-sent": r.last(old.name, alb.Stopped), "sigterm": old.Stopping, "gone": old.Gone,
	}
}

// last is when the last node of the load balancer came to think so of a Pod, zero when not
// all of them did.
func (r *Record) last(pod string, state alb.State) time.Time {
	nodes := map[int]time.Time{}
	for _, e := range r.Events {
		if _, seen := nodes[e.Node]; e.Type == "target" && e.Pod == pod && e.Node > 0 && e.State == state && !seen {
			nodes[e.Node] = e.Time
		}
	}
	var at time.Time
	for _, t := range nodes {
		if t.After(at) {
			at = t
		}
	}
	if len(nodes) < r.Nodes {
		return time.Time{}
	}
	return at
}

// MomentTable writes moments as a table in Markdown: one line for each event, with its
// measured seconds in each round.
func MomentTable(all []Moment) string {
	byName := map[string][]Moment{}
	var names []string
	rounds := 0
	for _, m := range all {
		if byName[m.Name] == nil {
			names = append(names, m.Name)
		}
		byName[m.Name] = append(byName[m.Name], m)
		rounds = max(rounds, m.Round)
	}
	var b strings.Builder
	b.WriteString("| event | predicted, s | measured, s |" + strings.Repeat(" |", rounds-1) + " furthest off, s |\n")
	b.WriteString("| --- | --- |" + strings.Repeat(" --- |", rounds) + " --- |\n")
	for _, name := range names {
		first := byName[name][0]
		predicted := fmt.Sprintf("%.0f", first.Predicted)
		if first.From != first.Predicted {
			predicted = fmt.Sprintf("%.0f to %.0f", first.From, first.Predicted)
		}
		fmt.Fprintf(&b, "| %s | %s |", name, predicted)
		worst := 0.0
		for _, m := range byName[name] {
			fmt.Fprintf(&b, " %.1f |", m.Measured)
			if off := m.Off(); cmp.Compare(max(off, -off), max(worst, -worst)) > 0 {
				worst = off
			}
		}
		fmt.Fprintf(&b, " %+.1f |\n", worst)
	}
	return b.String()
}
