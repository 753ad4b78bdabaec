package alb

import "time"

// view is how one node sees one target, with the connections it has to it. What is
// not in the pool is guarded by the lock of the ALB.
type view struct {
	alb    *ALB
	node   *node
	target *target
	pool   pool

	state          State // empty until the node has heard of the target
	passed, failed int   // checks in a row
	ended          bool  // the deregistration delay is over
}

// lag draws how long the node of a view takes to act on a change.
func (a *ALB) lag(change string, v *view) time.Duration {
	return a.dice.Draw(a.params.Propagation, change, v.target.address, v.node.id, a.times[v.target.address])
}

// appear is when the node hears of a new target. Its first check comes at some moment
// of the interval.
func (v *view) appear() {
	a := v.alb
	a.mu.Lock()
	defer a.mu.Unlock()
	if v.state == Stopped {
		return
	}
	v.become(Initial)
	whole := Spread{Mid: a.group.Interval / 2, Max: a.group.Interval}
	if a.params.LateChecks {
		whole = Exactly(a.group.Interval)
	}
	a.clock.AfterFunc(a.dice.Draw(whole, "check", v.target.address, v.node.id, a.times[v.target.address]), v.check)
}

// stop is when the node sends the last new request. Requests in flight may go on for
// the deregistration delay.
func (v *view) stop() {
	a := v.alb
	a.mu.Lock()
	defer a.mu.Unlock()
	v.become(Stopped)
	v.pool.stop()
	a.clock.AfterFunc(a.group.DeregistrationDelay, v.end)
}

// end cuts off what is still in flight.
func (v *view) end() {
	a := v.alb
	a.mu.Lock()
	defer a.mu.Unlock()
	v.pool.cut()
	v.ended = true
	a.leave(v.target)
}

// become changes the state, writes it down and sends requests accordingly. The lock is
// held.
func (v *view) become(s State) {
	v.state = s
	v.alb.journal.Write(Event{Type: "target", Target: v.target.address, Pod: v.target.pod, Node: v.node.id, State: s})
	v.alb.turn(v.node)
	v.alb.settle(v.target)
}
