package load

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Ramp is the load of the original experiment: users who ask again as soon as they have
// an answer.
type Ramp struct {
	// Users is how many there are in the end: 1,000 in the original.
	Users int
	// Up and Down are how long their number rises and falls: 10 s each in the original.
	Up, Down time.Duration
}

// steps is in how many steps the number of users rises and falls.
const steps = 10

// Run raises the load, holds it until told is done, lowers it and returns what became
// of the requests. When ctx is done, it ends at once.
func (p Ramp) Run(ctx context.Context, k K6, told <-chan struct{}) (Summary, error) {
	r, err := k.start(ctx, "ramp.js", fmt.Sprintf("USERS=%d", p.Users))
	if err != nil {
		return Summary{}, err
	}
	if err := p.steer(ctx, r, told); err != nil {
		// k6 would hold the load for ever.
		return Summary{}, errors.Join(err, r.kill())
	}
	return r.wait()
}

// steer says how many users there are, until there are none any more.
func (p Ramp) steer(ctx context.Context, r *run, told <-chan struct{}) error {
	if err := r.running(ctx); err != nil {
		return err
	}
	for i := 1; i <= steps; i++ {
		if err := r.patch(ctx, users(p.Users*i/steps)); err != nil {
			return err
		}
		if err := r.pass(ctx, p.Up/steps); err != nil {
			return err
		}
	}
	if err := r.hold(ctx, told); err != nil {
		return err
	}
	for i := steps - 1; i >= 0; i-- {
		if err := r.fewer(ctx, p.Users*i/steps); err != nil {
			return err
		}
		if err := r.pass(ctx, p.Down/steps); err != nil {
			return err
		}
	}
	return r.patch(ctx, map[string]any{"stopped": true})
}

func users(n int) map[string]any { return map[string]any{"vus": n} }

// fewer sends users away. k6 would cut off their requests, which would then be counted
// nowhere; only when it pauses does it let all users finish first
// (lib/executor/externally_controlled.go of k6). So the load stands still for about one
// request's time at each step down.
func (r *run) fewer(ctx context.Context, n int) error {
	for _, change := range []map[string]any{{"paused": true}, users(n), {"paused": false}} {
		if err := r.patch(ctx, change); err != nil {
			return err
		}
	}
	return nil
}

// hold waits until told is done.
func (r *run) hold(ctx context.Context, told <-chan struct{}) error {
	select {
	case <-told:
		return nil
	case <-r.ended:
		return errEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// pass lets some time pass.
func (r *run) pass(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.ended:
		return errEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
