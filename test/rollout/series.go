package rollout

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rollguard/rollguard/test/alb"
)

// Series is a rollout second by second: entry i of each list is the second that begins
// From+i seconds after the trigger.
type Series struct {
	From int `json:"from"`
	// OK are whole answers with status 200; Lost the others, by status and reason.
	OK   []int64            `json:"ok"`
	Lost map[string][]int64 `json:"lost,omitempty"`
	// Pods are counted at the end of the second, each node of the load balancer for its
	// part: with two nodes, a Pod to which one of them sends counts as half in use.
	Pods Pods `json:"pods"`
}

// Pods counts them by what the load balancer thinks of them, and whether they serve.
type Pods struct {
	// InUse serve and get requests; Missed get requests and do not serve.
	InUse  []float64 `json:"inUse"`
	Missed []float64 `json:"missed"`
	// Starting do not serve yet, Waiting serve and get nothing yet, Leaving serve and get
	// nothing any more.
	Starting []float64 `json:"starting"`
	Waiting  []float64 `json:"waiting"`
	Leaving  []float64 `json:"leaving"`
}

// Life is that of a Pod, as far as it has come: a missing time is the zero time.
type Life struct {
	Created, Ready, Deleted     time.Time
	Listening, Probed, Stopping time.Time // of the application
	Gone                        time.Time
}

// serves tells whether the application takes connections.
func (l *Life) serves(at time.Time) bool {
	return !l.Listening.IsZero() && !at.Before(l.Listening) && !l.stopped(at)
}

func (l *Life) stopped(at time.Time) bool {
	return !l.Stopping.IsZero() && !at.Before(l.Stopping)
}

// Record is what a series is made of.
type Record struct {
	Trigger, From, To time.Time
	Nodes             int
	Lives             map[string]*Life // by the name of the Pod
	Events            []alb.Event      // of the load balancer, from its start
}

// Series counts by seconds.
func (r *Record) Series() Series {
	from := int(math.Floor(r.From.Sub(r.Trigger).Seconds()))
	n := int(math.Ceil(r.To.Sub(r.Trigger).Seconds())) - from
	s := Series{From: from, OK: make([]int64, n), Lost: map[string][]int64{}}
	for _, e := range r.Events {
		// What is written at the end of a second happened in it.
		i := int(math.Floor(e.Time.Add(-500*time.Millisecond).Sub(r.Trigger).Seconds())) - from
		if e.Type == "second" && i >= 0 && i < n {
			s.count(i, e.Responses)
		}
	}
	for i := range n {
		at := r.Trigger.Add(time.Duration(from+i+1) * time.Second)
		s.Pods.add(r.podsAt(at))
	}
	return s
}

func (s *Series) count(i int, responses []alb.Responses) {
	for _, p := range responses {
		if p.Status == 200 && p.Reason == "" {
			s.OK[i] += p.Count
			continue
		}
		key := fmt.Sprintf("%d %s", p.Status, p.Reason)
		if s.Lost[key] == nil {
			s.Lost[key] = make([]int64, len(s.OK))
		}
		s.Lost[key][i] += p.Count
	}
}

// moment is Pods at one time.
type moment struct{ inUse, missed, starting, waiting, leaving float64 }

func (p *Pods) add(m moment) {
	round := func(v float64) float64 { return math.Round(v*100) / 100 }
	p.InUse, p.Missed = append(p.InUse, round(m.inUse)), append(p.Missed, round(m.missed))
	p.Starting, p.Waiting = append(p.Starting, round(m.starting)), append(p.Waiting, round(m.waiting))
	p.Leaving = append(p.Leaving, round(m.leaving))
}

// podsAt finds the nodes' views at a time, and puts them beside what the Pods do.
func (r *Record) podsAt(at time.Time) moment {
	sent := map[string]map[int]bool{}
	for _, e := range r.Events {
		if e.Time.After(at) {
			break
		}
		if e.Type != "target" || e.Node == 0 || e.Pod == "" {
			continue
		}
		if sent[e.Pod] == nil {
			sent[e.Pod] = map[int]bool{}
		}
		sent[e.Pod][e.Node] = e.State == alb.Healthy
	}
	var m moment
	for name, life := range r.Lives {
		if at.Before(life.Created) {
			continue
		}
		used := 0.0
		for _, yes := range sent[name] {
			if yes {
				used += 1 / float64(r.Nodes)
			}
		}
		m.put(life, at, used)
	}
	return m
}

// put adds a Pod of which the nodes use a part.
func (m *moment) put(life *Life, at time.Time, used float64) {
	switch {
	case life.serves(at):
		m.inUse += used
		if life.Deleted.IsZero() || at.Before(life.Deleted) {
			m.waiting += 1 - used
		} else {
			m.leaving += 1 - used
		}
	case life.stopped(at) || (!life.Gone.IsZero() && !at.Before(life.Gone)):
		m.missed += used
	default:
		m.missed += used
		m.starting += 1 - used
	}
}

// Losses adds up what was lost in each second.
func (s *Series) Losses() []int64 {
	out := make([]int64, len(s.OK))
	for _, counts := range s.Lost {
		for i, n := range counts {
			out[i] += n
		}
	}
	return out
}

// FewestInUse is the smallest number of Pods that served and got requests, from the
// trigger on.
func (s *Series) FewestInUse() float64 {
	begun := min(max(-s.From, 0), len(s.Pods.InUse))
	if begun == len(s.Pods.InUse) {
		return 0
	}
	return slices.Min(s.Pods.InUse[begun:])
}
