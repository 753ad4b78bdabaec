package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/load"
)

const (
	// lead is how long the full load is on before the rollout begins.
	lead = 5 * time.Second
	// margin is how long a ramp stays when all is over.
	margin = 10 * time.Second
	// rise is how long the original's load takes to rise and to fall.
	rise = 10 * time.Second
	// rollBound is how long a rollout under a ramp may take until the load balancer has
	// settled; one under a constant rate is to be over with its load.
	rollBound = 5 * time.Minute
	// lateBound is by how many milliseconds a timer may be late, but for one in a hundred,
	// before a run counts as disturbed.
	lateBound = 200
)

// roll is one rollout in the making.
type roll struct {
	*Stand
	out     rollout.Rollout
	events  int // of the journal, before it
	before  account
	old     string
	summary chan sent
	told    chan struct{}
	from    time.Time
}

// sent is what the load generator returns.
type sent struct {
	summary load.Summary
	err     error
	at      time.Time // when the load was over
}

// Roll updates the Deployment under load by applying its manifest with the other image,
// and returns what became of every request. An error means that there is no result; a
// result that proves nothing has faults.
func (s *Stand) Roll(ctx context.Context, l rollout.Load) (rollout.Rollout, error) {
	bound := rollBound
	if l.Users == 0 {
		bound = time.Duration(l.Seconds)*time.Second + time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	r := &roll{Stand: s, out: rollout.Rollout{Trial: s.trial}, summary: make(chan sent, 1), told: make(chan struct{}), old: s.image}
	r.out.Load = l
	if err := r.run(ctx); err != nil {
		return r.out, fmt.Errorf("%s: %w", s.trial.ID(), err)
	}
	return r.out, nil
}

func (r *roll) run(ctx context.Context) error {
	if err := r.lives.ask(ctx); err != nil {
		return err
	}
	r.before = r.lives.sum()
	r.events = len(r.balancer.journal())
	strain := watchMachine(ctx)
	defer strain()
	r.startLoad(ctx)
	err := r.trigger(ctx)
	if err == nil {
		err = r.follow(ctx)
	}
	if err != nil {
		close(r.told)
		return errors.Join(err, (<-r.summary).err)
	}
	if err := r.endLoad(ctx); err != nil {
		return err
	}
	r.out.Strain = strain()
	return r.count(ctx)
}

// startLoad begins to send.
func (r *roll) startLoad(ctx context.Context) {
	k6 := load.K6{Path: r.lab.k6, Target: "http://" + r.balancer.address + "/test", Dir: r.lab.bin, Log: &tail{}}
	r.from = time.Now()
	go func() {
		var s sent
		if l := r.out.Load; l.Users > 0 {
			s.summary, s.err = load.Ramp{Users: l.Users, Up: rise, Down: rise}.Run(ctx, k6, r.told)
		} else {
			s.summary, s.err = load.Constant{
				Rate: l.Rate, Duration: time.Duration(l.Seconds) * time.Second, Users: r.users(), Ready: r.ready(),
			}.Run(ctx, k6)
		}
		if s.err != nil {
			s.err = fmt.Errorf("%w: %s", s.err, k6.Log)
		}
		s.at = time.Now()
		r.summary <- s
	}()
}

// users is how many requests may wait for an answer: where Pods are lost, each for the
// connect time-out of the load balancer.
func (r *roll) users() int {
	waits := alb.Defaults().ConnectTimeout + 2*time.Second
	if r.guarded() {
		waits = 4 * time.Second
	}
	return 50 + r.out.Load.Rate*int(waits.Seconds())
}

// ready is how many of them there are from the beginning: where Pods are lost, all, as k6
// drops requests while it makes more.
func (r *roll) ready() int {
	if r.guarded() {
		return r.out.Load.Rate
	}
	return r.users()
}

// guarded tells whether nothing should be lost. A trial with a sleep of its own asks when that is
// too short.
func (r *roll) guarded() bool {
	t := &r.trial
	return t.Arm != "plain" && t.Arm != "probes" && !t.Drains && t.Model.LeaderLost == 0 && t.Annotations["pre-stop-sleep"] == ""
}

// trigger waits until the load is on, and starts the rollout.
func (r *roll) trigger(ctx context.Context) error {
	before := lead
	if r.out.Load.Users > 0 {
		before += rise
	}
	// k6 itself takes a moment to begin.
	err := poll(ctx, "the load to begin", func() (bool, error) {
		return len(responses(r.balancer.journal()[r.events:])) > 0, r.alive()
	})
	if err != nil {
		return err
	}
	if err := pause(ctx, before); err != nil {
		return err
	}
	r.image = NewImage
	if r.old == NewImage {
		r.image = OldImage
	}
	manifest := bytes.ReplaceAll(r.objects.Deployment, []byte(OldImage), []byte(r.image))
	r.out.Begun = time.Now()
	if err := r.apply(ctx, manifest); err != nil {
		return err
	}
	d, err := r.deployment(ctx)
	if err != nil {
		return err
	}
	r.out.Admitted = admitted(d)
	return nil
}

// follow notes how far the rollout has come, until all is over.
func (r *roll) follow(ctx context.Context) error {
	lost := r.trial.Model.LeaderLost == 0
	err := poll(ctx, "the rollout to be over", func() (bool, error) {
		since := time.Since(r.out.Begun).Seconds()
		if !lost && since >= float64(r.trial.Model.LeaderLost) {
			lost = true
			if err := r.balancer.loseLeader(); err != nil {
				return false, err
			}
		}
		d, err := r.deployment(ctx)
		if err != nil {
			return false, err
		}
		if r.out.Complete == 0 && complete(d) {
			r.out.Complete = since
		}
		if _, others := r.lives.of(r.image); r.out.Gone == 0 && r.out.Complete > 0 && others == 0 {
			r.out.Gone = since
		}
		if lost && r.out.Gone > 0 && r.settled() {
			r.out.Settled = since
		}
		return r.out.Settled > 0, r.alive()
	})
	if err != nil {
		return fmt.Errorf("%w: complete after %.0f s, gone after %.0f s; %s", err, r.out.Complete, r.out.Gone, r.state())
	}
	return nil
}

// complete is what "kubectl rollout status" waits for.
func complete(d *appsv1.Deployment) bool {
	s, want := &d.Status, *d.Spec.Replicas
	return s.ObservedGeneration >= d.Generation && s.UpdatedReplicas == want && s.Replicas == want && s.AvailableReplicas == want
}

// endLoad lets the load go on for the margin, and ends it.
func (r *roll) endLoad(ctx context.Context) error {
	over := time.Now()
	if r.out.Load.Users > 0 {
		if err := pause(ctx, margin); err != nil {
			return err
		}
	}
	close(r.told)
	s := <-r.summary
	if s.err != nil {
		return s.err
	}
	r.out.Client = s.summary
	if s.at.Before(over) {
		r.fault("the load was over %.0f s after the rollout began, and the load balancer settled after %.0f s", s.at.Sub(r.out.Begun).Seconds(), r.out.Settled)
	}
	return nil
}

func (r *roll) fault(format string, args ...any) {
	r.out.Faults = append(r.out.Faults, fmt.Sprintf(format, args...))
}

// count collects what the load balancer and the application say.
func (r *roll) count(ctx context.Context) error {
	to := time.Now()
	// The load balancer writes what it counted once a second.
	counted := func() (sum int64) {
		for _, p := range responses(r.balancer.journal()[r.events:]) {
			sum += p.Count
		}
		return sum
	}
	waiting, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	_ = poll(waiting, "the journal", func() (bool, error) { return counted() >= r.out.Client.Requests, nil })
	if err := r.lives.ask(ctx); err != nil {
		return err
	}
	now := r.lives.sum()
	r.out.Served, r.out.Aborted = now.served-r.before.served, now.aborted-r.before.aborted
	maps.DeleteFunc(now.silent, func(name string, _ bool) bool { return r.before.silent[name] })
	r.out.Silent = len(now.silent)
	events := r.balancer.journal()
	r.out.Balancer = rollout.Merge(responses(events[r.events:]))
	// The views of the load balancer are older than the rollout, its counts are not.
	record := rollout.Record{Trigger: r.out.Begun, From: r.from, To: to, Nodes: alb.Defaults().Nodes, Lives: now.lives, Events: events}
	r.out.Series, r.record = record.Series(), record
	r.out.Faults = append(r.out.Faults, r.out.Disagreements()...)
	if n := now.flaps - r.before.flaps; n > 0 {
		// Kubelet asked in vain, five times in a row, for a second each.
		r.fault("the machine was starved: Pods that served were not ready, %d times", n)
	}
	r.disturbed()
	return nil
}

// disturbed finds out whether the machine was too small.
func (r *roll) disturbed() {
	if r.out.Strain.LateP99 > lateBound {
		r.fault("the machine was starved: one timer in a hundred was late by %.0f ms", r.out.Strain.LateP99)
	}
	if c := r.out.Client; c.Dropped*1000 > c.Requests {
		r.fault("the load generator could not send %d requests", c.Dropped)
	}
	arm, err := rollout.FindArm(r.trial.Arm)
	if err == nil && arm.Guarded() != r.out.Admitted.ByRollguard {
		r.fault("Rollguard's part in the Deployment: %v, and should be %v", r.out.Admitted.ByRollguard, arm.Guarded())
	}
}

// admitted says what became of the manifest.
func admitted(d *appsv1.Deployment) rollout.Admitted {
	app := &d.Spec.Template.Spec.Containers[0]
	a := rollout.Admitted{
		MaxSurge: d.Spec.Strategy.RollingUpdate.MaxSurge.String(), MaxUnavailable: d.Spec.Strategy.RollingUpdate.MaxUnavailable.String(),
		Probes: app.ReadinessProbe != nil && app.StartupProbe != nil, Grace: *d.Spec.Template.Spec.TerminationGracePeriodSeconds,
		MinReady: d.Spec.MinReadySeconds, ByRollguard: d.Annotations["rollguard.io/injected"] != "",
	}
	if app.Lifecycle != nil && app.Lifecycle.PreStop != nil && app.Lifecycle.PreStop.Sleep != nil {
		a.Sleep = app.Lifecycle.PreStop.Sleep.Seconds
	}
	return a
}

// poll looks again and again until check is content.
func poll(ctx context.Context, what string, check func() (bool, error)) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		if done, err := check(); done || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		}
	}
}

// pause lets some time pass.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func ignoreMissing(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
