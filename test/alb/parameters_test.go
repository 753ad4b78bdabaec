package alb

import (
	"fmt"
	"net"
	"slices"
	"testing"
	"time"
)

func TestLagsFollowTheSeedAlone(t *testing.T) {
	s := Defaults().Propagation
	first, again := Dice(1).Draw(s, "a", 1), Dice(1).Draw(s, "a", 1)
	if first != again {
		t.Error("the same seed draws two lags for one thing")
	}
	if Dice(1).Draw(s, "a", 1) == Dice(2).Draw(s, "a", 1) || Dice(1).Draw(s, "a", 1) == Dice(1).Draw(s, "a", 2) {
		t.Error("another seed or another thing draws the same lag")
	}
	below := 0
	for i := range 1000 {
		lag := Dice(3).Draw(s, i)
		if lag < s.Min || lag > s.Max {
			t.Fatalf("lag %s is not from %s to %s", lag, s.Min, s.Max)
		}
		if lag < s.Mid {
			below++
		}
	}
	if below < 450 || below > 550 {
		t.Errorf("%d of 1000 lags are below the median", below)
	}
}

func TestSuccessCodesAreListsAndRanges(t *testing.T) {
	codes, err := ParseCodes("200, 302,400-404")
	if err != nil {
		t.Fatal(err)
	}
	for status, want := range map[int]bool{200: true, 201: false, 302: true, 399: false, 400: true, 404: true, 405: false} {
		if codes.Contains(status) != want {
			t.Errorf("status %d: %v, want %v", status, !want, want)
		}
	}
	for _, bad := range []string{"", "ok", "200-", "200-x"} {
		if _, err := ParseCodes(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestASpreadIsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]Spread{
		"5s,10s,15s": {5 * time.Second, 10 * time.Second, 15 * time.Second},
		"2s":         Exactly(2 * time.Second),
	} {
		var s, again Spread
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
		written, err := s.MarshalText()
		if err != nil || again.UnmarshalText(written) != nil || again != s {
			t.Errorf("%s was written as %s", text, written)
		}
	}
	for _, bad := range []string{"", "5", "5s,4s,6s", "5s,6s", "-1s"} {
		if new(Spread).UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// With the real controller, RegisterTargets to healthy was measured over check intervals
// of 5 and 15 s and propagations of 2 to 15 s (docs/experiment/method.md).
func TestTheTimeUntilHealthyIsAsMeasured(t *testing.T) {
	const targets = 80
	listener, err := net.Listen("tcp", "0.0.0.0:0") // every address of 127.0.0.0/8
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{listener: listener, do: answerOK}
	t.Cleanup(func() { listener.Close() })
	go b.accept()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	w := newWorld(t, func(o *Options) { o.Parameters = Defaults(); o.Parameters.Seed = 11 })
	var lags []time.Duration
	for i := range targets {
		w.alb.Register(net.JoinHostPort(fmt.Sprintf("127.0.0.%d", i+1), port), "pod")
	}
	w.clock.Advance(time.Minute)
	for i := range targets {
		lags = append(lags, w.after(0, net.JoinHostPort(fmt.Sprintf("127.0.0.%d", i+1), port), Healthy))
	}
	slices.Sort(lags)
	// At an interval of 15 s and a propagation of 5 to 15 s, the slow end of what was
	// measured: 17 s in the median, 25 s at the 90th percentile, 30 s at most.
	if m := lags[targets/2]; m < 17*time.Second || m > 24*time.Second {
		t.Errorf("median %s, measured was 17s over all settings", m)
	}
	if m := lags[targets*9/10]; m < 22*time.Second || m > 29*time.Second {
		t.Errorf("90th percentile %s, measured was 25s", m)
	}
	if m := lags[targets-1]; m < 25*time.Second || m > 30*time.Second {
		t.Errorf("most %s, measured was 30s", m)
	}
}
