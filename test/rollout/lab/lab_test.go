package lab

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout"
)

// short is the experiment in small: 3 Pods that start in 2 s, a health check every 5 s,
// and a load balancer that is as slow as Rollguard reckons with: 5 s until it follows, the
// first health check at the end of the interval, and an answer shortly before its time-out.
func short(arm string) rollout.Trial {
	return rollout.Trial{
		Group: "short", Name: arm, Arm: arm,
		Setting: rollout.Setting{
			Replicas: 3, StartUp: "2s", Health: [2]int{5, 2}, HealthLatency: "1500ms",
			Annotations: map[string]string{
				"min-ready": "", "max-surge": "", "startup-period": "2s", "startup-timeout": "2s", "startup-failure-threshold": "15", "request-timeout": "5s",
			},
		},
		Model: rollout.Model{Propagation: alb.Exactly(4700 * time.Millisecond), Reaction: alb.Exactly(300 * time.Millisecond), LateChecks: true, Seed: 1},
		Load:  rollout.Load{Rate: 30, Seconds: 110},
	}
}

// TestAGuardedRolloutLosesNoRequestAndAPlainOneDoes is the whole project in one
// sentence. Both Deployments have the same manifest; both roll at the same time. What
// explain said of the guarded one beforehand is held against what happened.
func TestAGuardedRolloutLosesNoRequestAndAPlainOneDoes(t *testing.T) {
	l, err := Start(t.Context(), Options{Log: t.Output(), Favour: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Stop(); err != nil {
			t.Error(err)
		}
	}()
	plain, guarded := short("plain"), short("rollguard")
	plain.Annotations = nil
	var out [2]*rolled
	var group sync.WaitGroup
	for i, trial := range []rollout.Trial{plain, guarded} {
		group.Go(func() {
			var err error
			if out[i], err = l.roll(t.Context(), trial); err != nil {
				t.Error(err)
			}
		})
	}
	if group.Wait(); t.Failed() {
		return
	}
	for _, r := range append(append([]rollout.Rollout{}, out[0].all...), out[1].all...) {
		t.Logf("%s: %d of %d lost (%s), complete after %.1f s, settled after %.1f s, admitted %+v",
			r.Name, r.Client.Lost(), r.Client.Requests, rollout.Reasons(r.Balancer), r.Complete, r.Settled, r.Admitted)
		for _, f := range r.Disagreements() {
			t.Errorf("%s: %s", r.Name, f)
		}
	}
	if lost := out[0].lost(); lost == 0 {
		t.Error("the plain rollout lost nothing: this test proves nothing")
	}
	if lost := out[1].lost(); lost != 0 {
		t.Errorf("the guarded rollout lost %d requests", lost)
	}
	asExplained(t, out[1])
}

// rolled is a rollout, and what explain said of it before. A guarded one that a starved machine
// disturbed is made again once, for its moments: with timers late by seconds, they tell of the
// machine.
type rolled struct {
	all       []rollout.Rollout
	record    rollout.Record // of the last
	explained string
}

// starved is by how many milliseconds a timer is late on a machine that tells nothing.
const starved = 1000

func (r *rolled) last() *rollout.Rollout { return &r.all[len(r.all)-1] }

func (r *rolled) lost() (sum int64) {
	for i := range r.all {
		sum += r.all[i].Client.Lost()
	}
	return sum
}

func (l *Lab) roll(ctx context.Context, trial rollout.Trial) (r *rolled, err error) {
	stand, err := l.Open(ctx, trial.ID(), trial)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stand.Close(context.WithoutCancel(ctx))) }()
	r = &rolled{}
	if r.explained, err = l.Explain(ctx, stand.Namespace(), "json"); err != nil {
		return nil, err
	}
	for range 2 {
		once, err := stand.Roll(ctx, trial.Load)
		if err != nil {
			return nil, err
		}
		r.all = append(r.all, once)
		if trial.Arm == "plain" || once.Strain.LateMax < starved {
			break
		}
	}
	r.record = stand.Record()
	return r, nil
}

// tolerance is by how many seconds a moment may be off. Times of the API have seconds, and
// the controllers and kubelet take their time too. A machine that is late with its timers is late
// with everything else.
const tolerance = 2

// asExplained holds each moment of a rollout against the timeline.
func asExplained(t *testing.T, r *rolled) {
	t.Helper()
	last := r.last()
	p, err := rollout.ReadPrediction([]byte(r.explained), last.ID()+"/web")
	if err != nil {
		t.Fatal(err)
	}
	moments, err := r.record.Moments(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("timers were late by up to %.0f ms\n%s", last.Strain.LateMax, rollout.MomentTable(moments))
	if len(moments) != int(last.Replicas)*6 {
		t.Errorf("%d moments in %d rounds", len(moments), last.Replicas)
	}
	for _, m := range moments {
		if off := m.Off(); math.Abs(off) > tolerance+last.Strain.LateMax/1000 {
			t.Errorf("round %d: %s at %.1f s, where explain says %.0f s", m.Round, m.Name, m.Measured, m.Predicted)
		}
	}
}
