// Package plan is what the experiment does: which rollouts, under which load balancer
// and load, and what runs at the same time.
//
// plan.go has the shape, full.go the whole experiment, core.go what its claims
// need, quick.go a short one to try it.
package plan
