package alb

import "sync/atomic"

// node is one of the load balancer's nodes.
type node struct {
	id       int
	rotation atomic.Pointer[rotation]
	next     atomic.Uint64
}

// rotation is where a node sends requests, in turn (round robin, the default of AWS).
// It is never changed: a new one takes its place.
type rotation struct {
	views []*view
	empty Reason // why there is nothing to send to
}

// pick returns the next target, or nil and the reason.
func (n *node) pick() (*view, Reason) {
	r := n.rotation.Load()
	if len(r.views) == 0 {
		return nil, r.empty
	}
	return r.views[n.next.Add(1)%uint64(len(r.views))], ""
}

// turn makes the rotation of a node anew: its healthy targets or, where all are
// unhealthy, those ("fail-open", AWS user guide, "Health checks for your target
// groups"). A target that has not passed its first check gets nothing. The lock is held.
func (a *ALB) turn(n *node) {
	var healthy, unhealthy []*view
	empty := NoTargets
	for _, t := range a.sorted() {
		switch v := t.views[n.id-1]; v.state {
		case Healthy:
			healthy = append(healthy, v)
		case Unhealthy:
			unhealthy = append(unhealthy, v)
		case Initial:
			empty = AllInitial
		}
	}
	r := &rotation{views: healthy, empty: empty}
	if len(healthy) == 0 {
		r.views = unhealthy
	}
	n.rotation.Store(r)
}
