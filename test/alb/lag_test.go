package alb

import (
	"net"
	"testing"
	"time"
)

func TestANewTargetGetsRequestsAfterItsFirstSuccessfulCheck(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, answerOK)
	w.alb.Register(b.address, "pod")
	w.clock.Advance(10*time.Second - 1)
	if s := w.alb.State(b.address); s != Initial {
		t.Errorf("state %s before the node has heard of it", s)
	}
	w.clock.Advance(15*time.Second + 1)
	w.want(200, "ok", "")
	if seen := w.after(1, b.address, Initial); seen != 10*time.Second {
		t.Errorf("the node saw it after %s, want 10s", seen)
	}
	if first := w.after(1, b.address, Healthy); first < 10*time.Second || first > 25*time.Second {
		t.Errorf("healthy after %s, want the lag of 10s and at most the interval of 15s", first)
	}
}

func TestAFirstCheckCanBeAsLateAsItMayCome(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Parameters.LateChecks = true })
	b := newBackend(t, answerOK)
	w.alb.Register(b.address, "pod")
	w.clock.Advance(30 * time.Second)
	if first := w.after(1, b.address, Healthy); first != 25*time.Second {
		t.Errorf("healthy after %s, want the lag of 10s and the whole interval of 15s", first)
	}
}

func TestAFailedFirstCheckIsMadeAgainAfterTheInterval(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, answerOK)
	b.sick.Store(true)
	w.alb.Register(b.address, "pod")
	w.clock.Advance(25 * time.Second)
	if s := w.alb.State(b.address); s != Initial {
		t.Fatalf("state %s after one failed check, want initial", s)
	}
	b.sick.Store(false)
	w.clock.Advance(15 * time.Second)
	if s := w.alb.State(b.address); s != Healthy {
		t.Errorf("state %s after one success, want healthy", s)
	}
}

func TestThresholdsCountChecksInARow(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.TargetGroup.HealthyThreshold, o.TargetGroup.UnhealthyThreshold = 3, 2 })
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	steps := []struct {
		sick bool
		want State
	}{
		{true, Healthy}, {false, Healthy}, {true, Healthy}, {true, Unhealthy},
		{false, Unhealthy}, {false, Unhealthy}, {true, Unhealthy}, {false, Unhealthy}, {false, Unhealthy}, {false, Healthy},
	}
	for i, step := range steps {
		b.sick.Store(step.sick)
		w.clock.Advance(15 * time.Second)
		if s := w.alb.State(b.address); s != step.want {
			t.Fatalf("after check %d: %s, want %s", i+1, s, step.want)
		}
	}
}

func TestWhenAllTargetsAreUnhealthyAllGetRequests(t *testing.T) {
	w := newWorld(t, nil)
	sick, well := newBackend(t, answerOK), newBackend(t, answerOK)
	w.healthy(sick.address)
	w.healthy(well.address)
	sick.sick.Store(true)
	w.clock.Advance(30 * time.Second)
	w.want(200, "ok", "")
	w.want(200, "ok", "")
	if n := sick.requests.Load(); n != 0 {
		t.Errorf("the unhealthy target got %d requests beside a healthy one", n)
	}
	well.sick.Store(true)
	w.clock.Advance(30 * time.Second)
	w.want(200, "ok", "")
	w.want(200, "ok", "")
	if n := sick.requests.Load(); n != 1 {
		t.Errorf("with all unhealthy it got %d of 2 requests, want 1", n)
	}
}

func TestATargetGetsNewRequestsUntilTheNodeHasHeardOfItsEnd(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	w.alb.Deregister(b.address)
	w.clock.Advance(10*time.Second - 1)
	if s := w.alb.State(b.address); s != Draining {
		t.Errorf("state %s, want draining", s)
	}
	w.want(200, "ok", "")
	w.clock.Advance(1)
	w.want(503, "503 no targets", NoTargets)
	w.clock.Advance(300 * time.Second)
	if s := w.alb.State(b.address); s != Unused {
		t.Errorf("state %s after the deregistration delay, want unused", s)
	}
}

func TestEveryNodeStopsInItsOwnTime(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Parameters = Defaults()
		o.Parameters.Nodes, o.Parameters.Seed = 3, 7
	})
	b := newBackend(t, answerOK)
	w.alb.Register(b.address, "pod")
	w.clock.Advance(time.Minute)
	w.alb.Deregister(b.address)
	w.clock.Advance(time.Minute)
	seen := map[time.Duration]bool{}
	for node := 1; node <= 3; node++ {
		lag := w.after(node, b.address, Stopped) - time.Minute
		if lag < 5*time.Second || lag > 15*time.Second {
			t.Errorf("node %d stopped after %s, want 5s to 15s", node, lag)
		}
		seen[lag] = true
	}
	if len(seen) != 3 {
		t.Errorf("lags %v: nodes stopped together", seen)
	}
}

// inFlight begins a request and returns its outcome.
func (w *world) inFlight(arrived <-chan struct{}) <-chan string {
	out := make(chan string, 1)
	client := newClient(w.t)
	go func() {
		_, body := w.try(client)
		out <- body
	}()
	<-arrived
	return out
}

// slowBackend answers when it is released.
func slowBackend(t *testing.T) (b *backend, arrived, release chan struct{}) {
	arrived, release = make(chan struct{}, 1), make(chan struct{})
	b = newBackend(t, func(c *net.TCPConn, n int) bool {
		arrived <- struct{}{}
		select {
		case <-release:
		case <-t.Context().Done():
		}
		return answerOK(c, n)
	})
	return b, arrived, release
}

func TestARequestInFlightMayFinishWithinTheDeregistrationDelay(t *testing.T) {
	w := newWorld(t, nil)
	b, arrived, release := slowBackend(t)
	w.healthy(b.address)
	answer := w.inFlight(arrived)
	w.alb.Deregister(b.address)
	w.clock.Advance(309 * time.Second) // 10 s until the node acts, 299 s of the delay
	release <- struct{}{}
	if got := <-answer; got != "ok" {
		t.Errorf("got %q, want ok", got)
	}
}

func TestARequestInFlightIsCutOffWhenTheDeregistrationDelayEnds(t *testing.T) {
	w := newWorld(t, nil)
	b, arrived, _ := slowBackend(t)
	w.healthy(b.address)
	answer := w.inFlight(arrived)
	w.alb.Deregister(b.address)
	w.clock.Advance(310 * time.Second)
	if got := <-answer; got != "502 deregistration delay ended" {
		t.Errorf("got %q", got)
	}
	w.counted(502, DelayEnded)
}

func TestAnAddressThatDrainsComesBackAfterTheDelay(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	w.alb.Deregister(b.address)
	w.alb.Register(b.address, "next pod")
	w.clock.Advance(309 * time.Second)
	if s := w.alb.State(b.address); s != Draining {
		t.Errorf("state %s before the delay has passed, want draining", s)
	}
	w.clock.Advance(26 * time.Second)
	w.want(200, "ok", "")
}

func TestATargetThatLeavesBeforeTheNodeHeardOfItNeverGetsRequests(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Parameters.Propagation = Exactly(10 * time.Second) })
	b := newBackend(t, answerOK)
	w.alb.Register(b.address, "pod")
	w.clock.Advance(5 * time.Second)
	w.alb.Deregister(b.address)
	w.clock.Advance(time.Minute)
	w.want(503, "503 no targets", NoTargets)
}

func TestHealthChecksGoToThePortAndPathOfTheTargetGroup(t *testing.T) {
	other := newBackend(t, answerOK)
	w := newWorld(t, func(o *Options) { o.TargetGroup.Port = mustTCP(t, other.address) })
	b := newBackend(t, answerOK)
	b.sick.Store(true) // on the port of the traffic
	w.healthy(b.address)
	w.want(200, "ok", "")
}
