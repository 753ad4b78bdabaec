package plan

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout"
)

// The groups of trials. Ramp is the original's load, with the machine to itself;
// Constant the same arms at a constant rate.
const (
	Ramp      = "ramp"
	Constant  = "constant"
	Measured  = "measured"  // what was measured with the real controller
	FailOver  = "fail-over" // its leader is lost in the rollout
	RaceA     = "race-a"    // new Pods are Ready before the load balancer agrees
	Lag       = "lag"       // losses against lag and sleep
	Profiles  = "profiles"  // standard and careful against the lag
	Behaviour = "behaviour" // replicas, and an application that drains
)

// Plan is an experiment.
type Plan struct {
	Name    string
	Batches []Batch
}

// Batch is a set of Deployments that stand at the same time. First those with a ramp are
// rolled, one after the other, then those with a rate, all at once.
type Batch struct {
	Title   string
	Entries []Entry
}

// Entry is one Deployment of a batch.
type Entry struct {
	Trial rollout.Trial // its load is at the constant rate, and may be empty
	// Alone rolls it with the users of the ramp before.
	Alone bool
}

// Apart is how long the next rollout of a batch waits: a load generator that starts and
// every new Pod take about a second of a processor each, and the load nearly one. Rollouts
// that wait for each Pod spread them by themselves; those of the source had the machine to
// themselves.
func (e *Entry) Apart() time.Duration {
	switch {
	case e.Trial.Load.Seconds > waits:
		return 6 * time.Second
	case e.Trial.Group == Measured:
		return 25 * time.Second
	}
	return max(4*time.Second, time.Duration(e.pods())*2*time.Second)
}

// waits is for how many seconds only those have load that wait for each Pod.
const waits = 185

func (e *Entry) pods() int {
	if e.Trial.Replicas == 0 {
		return 8
	}
	return int(e.Trial.Replicas)
}

// About how many seconds Deployments take until they stand, and a ramp besides the
// rollout.
const (
	stand = 40
	ramp  = 40
)

// Expected is about how long the batch takes.
func (b *Batch) Expected() time.Duration {
	seconds, last, begin := stand, 0, 0
	for i := range b.Entries {
		e := &b.Entries[i]
		seconds += e.pods() / 2
		if e.Alone {
			seconds += ramp + expectedRollout(&e.Trial)
		}
		if e.Trial.Load.Rate > 0 {
			last = max(last, begin+e.Trial.Load.Seconds)
			begin += int(e.Apart().Seconds())
		}
	}
	return time.Duration(seconds+last+5) * time.Second
}

// expectedRollout is about how many seconds a rollout of 8 Pods takes until the load
// balancer has settled.
func expectedRollout(t *rollout.Trial) int {
	switch t.Arm {
	case "plain":
		return 35
	case "probes":
		return 55
	}
	return 80
}

// Expected is about how long the whole takes.
func (p *Plan) Expected() time.Duration {
	var sum time.Duration
	for i := range p.Batches {
		sum += p.Batches[i].Expected()
	}
	return sum
}

// trial makes one with a seed that follows from its names and the number of its
// repetition, so that every run of the experiment draws the same lags.
func trial(group, name, arm string, repetition int) rollout.Trial {
	hash := fnv.New64a()
	hash.Write([]byte(group + "/" + name + "/" + string(rune('0'+repetition))))
	return rollout.Trial{Group: group, Name: name, Arm: arm, Model: rollout.Model{Seed: hash.Sum64()>>1 | 1}}
}

// option changes a trial.
type option func(*rollout.Trial)

func with(t rollout.Trial, options ...option) Entry {
	for _, o := range options {
		o(&t)
	}
	return Entry{Trial: t}
}

// load is a constant rate for some seconds.
func load(rate, seconds int) option {
	return func(t *rollout.Trial) { t.Load = rollout.Load{Rate: rate, Seconds: seconds} }
}

func replicas(n int32) option { return func(t *rollout.Trial) { t.Replicas = n } }

// lag is a propagation that is always the same, in seconds.
func lag(seconds int) option {
	return func(t *rollout.Trial) { t.Model.Propagation = alb.Exactly(time.Duration(seconds) * time.Second) }
}

// annotate sets annotations of the namespace: key, value, key, value.
func annotate(pairs ...string) option {
	return func(t *rollout.Trial) {
		if t.Annotations == nil {
			t.Annotations = map[string]string{}
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			t.Annotations[pairs[i]] = pairs[i+1]
		}
	}
}

func drains(t *rollout.Trial) { t.Drains = true }

func gate(t *rollout.Trial) { t.Gate = true }

// leaderLost takes the controller its leader 8 s into the rollout, for the time that was
// measured or, where seconds is not 0, for those.
func leaderLost(seconds int) option {
	return func(t *rollout.Trial) {
		t.Model.LeaderLost = 8
		if seconds > 0 {
			t.Model.FailOver = alb.Exactly(time.Duration(seconds) * time.Second)
		}
	}
}

// Rollouts is how many there are.
func (p *Plan) Rollouts() int {
	n := 0
	for i := range p.Batches {
		for _, e := range p.Batches[i].Entries {
			if e.Alone {
				n++
			}
			if e.Trial.Load.Rate > 0 {
				n++
			}
		}
	}
	return n
}

// Ramps tells whether there is one.
func (p *Plan) Ramps() bool {
	for i := range p.Batches {
		for _, e := range p.Batches[i].Entries {
			if e.Alone {
				return true
			}
		}
	}
	return false
}

// Names are those of the plans.
func Names() []string { return []string{"full", "core", "quick"} }

// Named returns a plan.
func Named(name string) (Plan, error) {
	switch name {
	case "full":
		return Full(), nil
	case "core":
		return Core(), nil
	case "quick":
		return Quick(), nil
	}
	return Plan{}, fmt.Errorf("there is no plan %q: known are %v", name, Names())
}
