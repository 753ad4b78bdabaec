package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/lab"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

// tries is how often a rollout is made until its result has no fault.
const tries = 2

// standing is a Deployment of a batch that runs.
type standing struct {
	plan.Entry
	stand *lab.Stand
}

// batch opens the stands of a batch, rolls them and closes them.
func (e *experiment) batch(ctx context.Context, number int, b *plan.Batch) (err error) {
	all, err := e.open(ctx, number, b)
	defer func() {
		for i := range all {
			if all[i].stand != nil {
				err = errors.Join(err, all[i].stand.Close(context.WithoutCancel(ctx)))
			}
		}
	}()
	if err != nil {
		return err
	}
	e.say("    all stand")
	if err := e.explain(ctx, all); err != nil {
		return err
	}
	for i := range all {
		if all[i].Alone {
			if err := e.alone(ctx, &all[i]); err != nil {
				return err
			}
		}
	}
	return e.together(ctx, all)
}

func (e *experiment) open(ctx context.Context, number int, b *plan.Batch) ([]standing, error) {
	all := make([]standing, len(b.Entries))
	errs := make([]error, len(all))
	var group sync.WaitGroup
	for i := range all {
		all[i].Entry = b.Entries[i]
		group.Go(func() {
			all[i].stand, errs[i] = e.lab.Open(ctx, fmt.Sprintf("b%d-%d-%s", number+1, i+1, all[i].Trial.Arm), all[i].Trial)
		})
	}
	group.Wait()
	return all, errors.Join(errs...)
}

// alone rolls a stand with the users of the ramp.
func (e *experiment) alone(ctx context.Context, s *standing) error {
	for try := range tries {
		r, err := s.stand.Roll(ctx, rollout.Load{Users: e.users})
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			e.fail(err)
			return nil
		}
		r.Group, r.Repeats = plan.Ramp, try
		e.tell(&r)
		if len(r.Faults) == 0 || try == tries-1 {
			e.result.Rollouts = append(e.result.Rollouts, r)
			return nil
		}
	}
	return nil
}

// together rolls those with a rate at the same time, and once more those with faults.
func (e *experiment) together(ctx context.Context, all []standing) error {
	var todo []*standing
	for i := range all {
		if all[i].Trial.Load.Rate > 0 {
			todo = append(todo, &all[i])
		}
	}
	for try := 0; try < tries && len(todo) > 0; try++ {
		results, errs := e.roll(ctx, todo)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var again []*standing
		for i := range results {
			r := &results[i]
			if errs[i] != nil {
				e.fail(errs[i])
				continue
			}
			r.Repeats = try
			e.tell(r)
			if len(r.Faults) > 0 && try < tries-1 {
				again = append(again, todo[i])
				continue
			}
			e.result.Rollouts = append(e.result.Rollouts, *r)
		}
		todo = again
	}
	return nil
}

// roll rolls all of them, each some time after the one before.
func (e *experiment) roll(ctx context.Context, todo []*standing) ([]rollout.Rollout, []error) {
	out, errs := make([]rollout.Rollout, len(todo)), make([]error, len(todo))
	var group sync.WaitGroup
	var delay time.Duration
	for i, s := range todo {
		begin := time.After(delay)
		delay += s.Apart()
		group.Go(func() {
			select {
			case <-begin:
				out[i], errs[i] = s.stand.Roll(ctx, s.Trial.Load)
			case <-ctx.Done():
				errs[i] = context.Cause(ctx)
			}
		})
	}
	group.Wait()
	return out, errs
}

// fail notes a rollout that gave no result.
func (e *experiment) fail(err error) {
	e.say("      no result: %s", err)
	e.result.Failed = append(e.result.Failed, err.Error())
}

// tell says how a rollout went.
func (e *experiment) tell(r *rollout.Rollout) {
	e.say("    %-9s %-46s %7d lost of %7d (%6.2f %%), complete after %4.0f s; machine %2.0f %% busy", r.Group, r.Name,
		r.Client.Lost(), r.Client.Requests, 100*rollout.Count{Lost: r.Client.Lost(), All: r.Client.Requests}.Share(), r.Complete, 100*r.Strain.Busy)
	if r.Client.Lost() > 0 {
		e.say("      %s", rollout.Reasons(r.Balancer))
	}
	for _, f := range r.Faults {
		e.say("      disturbed: %s", f)
	}
}
