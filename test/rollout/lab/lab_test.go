package lab

import (
	"sync"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/alb"
	"github.com/rollguard/rollguard/test/rollout"
)

// short is the experiment in small: 3 Pods that start in 2 s, a health check every 5 s,
// and a load balancer that follows within 4 s.
func short(arm string) rollout.Trial {
	return rollout.Trial{
		Group: "short", Name: arm, Arm: arm,
		Setting: rollout.Setting{
			Replicas: 3, StartUp: "2s", Health: [2]int{5, 2},
			Annotations: map[string]string{"min-ready": "", "max-surge": "", "startup-period": "2s", "startup-failure-threshold": "15", "request-timeout": "5s"},
		},
		Model: rollout.Model{Propagation: alb.Spread{Min: time.Second, Mid: 2 * time.Second, Max: 4 * time.Second}, Seed: 1},
		Load:  rollout.Load{Rate: 30, Seconds: 100},
	}
}

// TestAGuardedRolloutLosesNoRequestAndAPlainOneDoes is the whole project in one
// sentence. Both Deployments have the same manifest; both roll at the same time.
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
	var out [2]rollout.Rollout
	var group sync.WaitGroup
	for i, trial := range []rollout.Trial{plain, guarded} {
		group.Go(func() {
			stand, err := l.Open(t.Context(), trial.ID(), trial)
			if err != nil {
				t.Error(err)
				return
			}
			out[i], err = stand.Roll(t.Context(), trial.Load)
			if err != nil {
				t.Error(err)
			}
			if err := stand.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i := range out {
		r := &out[i]
		t.Logf("%s: %d of %d lost (%s), complete after %.1f s, settled after %.1f s, admitted %+v",
			r.Name, r.Client.Lost(), r.Client.Requests, rollout.Reasons(r.Balancer), r.Complete, r.Settled, r.Admitted)
		for _, f := range r.Disagreements() {
			t.Errorf("%s: %s", r.Name, f)
		}
	}
	if lost := out[0].Client.Lost(); lost == 0 {
		t.Error("the plain rollout lost nothing: this test proves nothing")
	}
	if lost := out[1].Client.Lost(); lost != 0 {
		t.Errorf("the guarded rollout lost %d requests", lost)
	}
}
