package main

import (
	"context"
	"errors"
	"time"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/plan"
)

const (
	// atRest is the answer's time of the application in milliseconds: its latency.
	atRest = 100
	// The machine carries a load when 95 of 100 answers take at most so many times that,
	// and so much of what the users could ask for is answered.
	slower = 1.5
	enough = 0.9
	// measured is how long each number of users is held.
	measured = 5 * time.Second
)

// users are the numbers that are tried.
func users() []int { return []int{100, 150, 200, 300, 400, 600} }

// chooseUsers finds how many users of the ramp the machine carries: the most of a series
// that are below saturation, with 8 Pods at rest.
func (e *experiment) chooseUsers(ctx context.Context) (err error) {
	if !e.plan.Ramps() || e.users > 0 {
		return nil
	}
	stand, err := e.lab.Open(ctx, "sweep", rollout.Trial{Group: "sweep", Name: "plain", Arm: "plain", Model: rollout.Model{Seed: 1}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stand.Close(context.WithoutCancel(ctx))) }()
	chosen := users()[0]
	for _, users := range users() {
		step, err := stand.Hold(ctx, users, measured)
		if err != nil {
			return err
		}
		e.result.Sweep = append(e.result.Sweep, step)
		e.say("%4d users: %5.0f requests/s, p50 %4.0f ms, p95 %4.0f ms, p99 %4.0f ms, processors %2.0f %% busy", users, step.PerSecond,
			step.Milliseconds.P50, step.Milliseconds.P95, step.Milliseconds.P99, 100*step.Strain.Busy)
		if step.Milliseconds.P95 > slower*atRest || step.PerSecond < enough*float64(users)*1000/atRest {
			break
		}
		chosen = users
	}
	e.users = chosen
	e.say("the ramps have %d users", e.users)
	return nil
}

// explain asks Rollguard why it did what it did, for the Deployments whose lag may be
// more than they can bear.
func (e *experiment) explain(ctx context.Context, all []standing) error {
	for i := range all {
		t := &all[i].Trial
		if t.Group != plan.Profiles {
			continue
		}
		text, err := e.lab.Explain(ctx, all[i].stand.Namespace(), "text")
		if err != nil {
			return err
		}
		if e.result.Explained == nil {
			e.result.Explained = map[string]string{}
		}
		e.result.Explained[t.Name] = text
	}
	return nil
}
