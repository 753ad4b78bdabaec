package posture

import (
	"testing"
	"time"

	"go.uber.org/zap"
)

func TestANamespaceIsLookedAtASecondAfterItsLastChange(t *testing.T) {
	s, begin := newSettling(), time.Now()
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	s.changed("shop", at(0))
	s.changed("shop", at(900))
	for _, step := range []struct {
		ms   int
		want time.Duration
	}{{1000, 900 * time.Millisecond}, {1900, 0}, {1901, 0}} {
		if got := s.wait("shop", at(step.ms)); got != step.want {
			t.Errorf("after %d ms: wait %s, want %s", step.ms, got, step.want)
		}
	}
	if got := s.wait("other", at(0)); got != 0 {
		t.Errorf("a namespace that did not change waits %s", got)
	}
}

func TestANamespaceThatNeverSettlesIsLookedAtAllTheSame(t *testing.T) {
	s, begin := newSettling(), time.Now()
	for ms := 0; ms < 2900; ms += 100 {
		now := begin.Add(time.Duration(ms) * time.Millisecond)
		s.changed("shop", now)
		if got := s.wait("shop", now); got == 0 {
			t.Fatalf("looked at after %d ms", ms)
		}
	}
	last := begin.Add(settleAtMost)
	s.changed("shop", last)
	if got := s.wait("shop", last); got != 0 {
		t.Errorf("wait %s more", got)
	}
	s.changed("shop", last)
	if got := s.wait("shop", last); got != settleTime {
		t.Errorf("the next change waits %s", got)
	}
}

func TestWhileAKindIsBeingReadNothingIsSaidAndTheNamespaceIsLookedAtSoon(t *testing.T) {
	c := &newKubernetes{look: ErrNotYet}
	// Whatever is counted, logged or written would panic.
	term := &term{
		Loop:  New(Options{Cluster: c, Log: zap.NewNop(), Excluded: func(string) bool { return false }}),
		tally: newTally(), troubles: map[string]string{},
	}
	term.tally.put("shop", map[Kind]int{{State: "guarded"}: 1}, nil)
	if after := term.attempt(t.Context(), "shop"); after != settleTime {
		t.Errorf("again after %s", after)
	}
	if len(term.troubles) > 0 || len(term.tally.sum()) != 1 {
		t.Errorf("troubles %v, counts %v", term.troubles, term.tally.sum())
	}
}
