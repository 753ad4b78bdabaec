package alb

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
)

// State is the state of a target, in the words of DescribeTargetHealth of AWS.
type State string

// The states. A node that has stopped sending new requests to a target is Stopped; AWS
// shows nothing of that.
const (
	Unused    State = "unused" // not registered, or not any more
	Initial   State = "initial"
	Healthy   State = "healthy"
	Unhealthy State = "unhealthy"
	Draining  State = "draining"
	Stopped   State = "stopped"
)

// ALB is a load balancer with one target group. Its methods may be called from several
// goroutines.
type ALB struct {
	params  Parameters
	group   TargetGroup
	clock   Clock
	dice    Dice
	journal *Journal
	nodes   []*node
	checker *http.Client
	buffers sync.Pool // of *[]byte

	mu      sync.Mutex
	targets map[string]*target
	times   map[string]int // how often an address was registered
}

// Options are what an ALB is made of.
type Options struct {
	Parameters  Parameters
	TargetGroup TargetGroup
	Clock       Clock
	Journal     *Journal
}

// New makes a load balancer without targets.
func New(o Options) *ALB {
	a := &ALB{
		params: o.Parameters, group: o.TargetGroup, clock: o.Clock, journal: o.Journal,
		dice: Dice(o.Parameters.Seed), checker: newChecker(o.TargetGroup.Timeout),
		buffers: sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }},
		targets: map[string]*target{}, times: map[string]int{},
	}
	for id := range o.Parameters.Nodes {
		n := &node{id: id + 1}
		n.rotation.Store(&rotation{empty: NoTargets})
		a.nodes = append(a.nodes, n)
	}
	return a
}

// target is a registered address.
type target struct {
	address, pod string
	state        State
	views        []*view // one of each node
	draining     bool
	// again is set while draining, when the address was registered once more.
	again *string
}

// Register is RegisterTargets for one address, host and port. The name of the Pod is
// for the journal. An address that is draining comes back when its delay has passed
// ("Register targets", AWS user guide).
func (a *ALB) Register(address, pod string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.register(address, pod)
}

func (a *ALB) register(address, pod string) {
	if t := a.targets[address]; t != nil {
		if t.draining {
			t.again = &pod
		}
		return
	}
	t := &target{address: address, pod: pod, state: Initial}
	a.targets[address] = t
	a.times[address]++
	a.note(t, Initial)
	for _, n := range a.nodes {
		v := &view{alb: a, node: n, target: t}
		t.views = append(t.views, v)
		a.clock.AfterFunc(a.lag("register", v), v.appear)
	}
}

// Deregister is DeregisterTargets for one address.
func (a *ALB) Deregister(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.targets[address]
	if t == nil {
		return
	}
	t.again = nil
	if t.draining {
		return
	}
	t.draining = true
	a.note(t, Draining)
	for _, v := range t.views {
		a.clock.AfterFunc(a.lag("deregister", v), v.stop)
	}
}

// State is DescribeTargetHealth for one address. A target counts as healthy when all
// nodes find it so, and as unhealthy when one does.
func (a *ALB) State(address string) State {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.targets[address]
	if t == nil {
		return Unused
	}
	return t.state
}

// note changes the state of a target and writes it down. The lock is held.
func (a *ALB) note(t *target, s State) {
	t.state = s
	a.journal.Write(Event{Type: "target", Target: t.address, Pod: t.pod, State: s})
}

// settle finds the state of a target from what its nodes see. The lock is held.
func (a *ALB) settle(t *target) {
	if t.draining {
		return
	}
	all := Healthy
	for _, v := range t.views {
		switch {
		case v.state == Unhealthy:
			all = Unhealthy
		case v.state != Healthy && all != Unhealthy:
			all = Initial
		}
	}
	if all != t.state {
		a.note(t, all)
	}
}

// leave removes a target once its last node has cut it off. The lock is held.
func (a *ALB) leave(t *target) {
	for _, v := range t.views {
		if !v.ended {
			return
		}
	}
	a.note(t, Unused)
	delete(a.targets, t.address)
	if t.again != nil {
		a.register(t.address, *t.again)
	}
}

// sorted returns the targets by address. The lock is held.
func (a *ALB) sorted() []*target {
	all := make([]*target, 0, len(a.targets))
	for _, t := range a.targets {
		all = append(all, t)
	}
	slices.SortFunc(all, func(x, y *target) int { return cmp.Compare(x.address, y.address) })
	return all
}
