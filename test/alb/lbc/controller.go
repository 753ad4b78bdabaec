package lbc

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rollguard/rollguard/test/alb"
)

// Lags are what was measured of LBC v3.5 on Kubernetes 1.37 in 49 rollouts of 300 Pods;
// docs/experiment/method.md has the table.
type Lags struct {
	// Reaction is from a change of the endpoints to RegisterTargets or DeregisterTargets:
	// 0.3 s in the median, 0.6 s at the 90th percentile, 0.7 s at most.
	Reaction alb.Spread
	// FailOver is how long nothing happens when LBC's leader changes: 15 to 23 s with the
	// defaults of its lease.
	FailOver alb.Spread
	// Requeue is how often LBC looks whether a target with a readiness gate has become
	// healthy: every 15 s (its flag --targetgroupbinding-requeue-duration).
	Requeue time.Duration
}

// DefaultLags are the measured ones.
func DefaultLags() Lags {
	return Lags{
		Reaction: alb.Spread{Mid: 300 * time.Millisecond, Max: 700 * time.Millisecond},
		FailOver: alb.Spread{Min: 15 * time.Second, Mid: 19 * time.Second, Max: 23 * time.Second},
		Requeue:  15 * time.Second,
	}
}

// LoadBalancer is what the controller needs of package alb.
type LoadBalancer interface {
	Register(address, pod string)
	Deregister(address string)
	State(address string) alb.State
}

// Cluster is what the controller needs of the API server.
type Cluster interface {
	// Targets are the addresses that belong into the target group, with their Pods.
	Targets() map[string]string
	// Gates writes the readiness gates of a Pod, where it has any and they differ. It
	// returns whether the Pod has a gate that is not yet true.
	Gates(pod string, state alb.State) (waiting bool, err error)
}

// Options are what a controller is made of.
type Options struct {
	Lags         Lags
	Clock        alb.Clock
	Dice         alb.Dice
	Journal      *alb.Journal
	LoadBalancer LoadBalancer
	Cluster      Cluster
}

// Controller registers and deregisters targets. Its methods may be called from several
// goroutines.
type Controller struct {
	Options

	mu         sync.Mutex
	registered map[string]string // address to Pod
	planned    bool              // a reconcile is to come
	away       bool              // nobody leads
	polling    bool
	draws      int
}

// New makes a controller that has not registered anything.
func New(o Options) *Controller {
	return &Controller{Options: o, registered: map[string]string{}}
}

// Wake says that something has changed. What changes before the reaction is handled
// with it, as in a work queue.
func (c *Controller) Wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.planned || c.away {
		return
	}
	c.planned = true
	c.Clock.AfterFunc(c.draw(c.Lags.Reaction, "reaction"), c.reconcile)
}

// FailOver is the moment at which the leader goes. Until the next one has taken over,
// nothing happens; it then looks at everything.
func (c *Controller) FailOver() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away {
		return
	}
	c.away = true
	lag := c.draw(c.Lags.FailOver, "fail-over")
	c.Journal.Write(alb.Event{Type: "controller", Text: "leader lost"})
	c.Clock.AfterFunc(lag, func() {
		c.mu.Lock()
		c.away = false
		c.Journal.Write(alb.Event{Type: "controller", Text: "new leader"})
		c.mu.Unlock()
		c.reconcile()
	})
}

func (c *Controller) draw(s alb.Spread, what string) time.Duration {
	c.draws++
	return c.Dice.Draw(s, what, c.draws)
}

// reconcile makes the target group what the endpoints say.
func (c *Controller) reconcile() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.planned = false
	if c.away {
		return
	}
	wanted := c.Cluster.Targets()
	for _, address := range slices.Sorted(maps.Keys(c.registered)) {
		if _, ok := wanted[address]; !ok {
			c.LoadBalancer.Deregister(address)
		}
	}
	for _, address := range slices.Sorted(maps.Keys(wanted)) {
		if pod, ok := c.registered[address]; !ok || pod != wanted[address] {
			c.LoadBalancer.Register(address, wanted[address])
		}
	}
	c.registered = wanted
	c.gates()
}

// gates writes the readiness gates, and looks again later while one is not true. The
// lock is held.
func (c *Controller) gates() {
	waiting := false
	for address, pod := range c.registered {
		open, err := c.Cluster.Gates(pod, c.LoadBalancer.State(address))
		if err != nil {
			c.Journal.Write(alb.Event{Type: "controller", Pod: pod, Text: err.Error()})
		}
		waiting = waiting || open || err != nil
	}
	if !waiting || c.polling {
		return
	}
	c.polling = true
	c.Clock.AfterFunc(c.Lags.Requeue, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.polling = false
		if !c.away {
			c.gates()
		}
	})
}
