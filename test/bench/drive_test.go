package bench

import (
	"testing"
	"time"
)

func TestDriveReachesEveryHandler(t *testing.T) {
	s := scenario(t, GateSize())
	server, err := Serve(s.Entries)
	if err != nil {
		t.Fatal(err)
	}
	latencies, err := Drive(server, s.Entries, 3)
	if err != nil {
		t.Error(err)
	}
	for _, l := range latencies {
		if l.P50 <= 0 || l.P99 < l.P50 {
			t.Errorf("%s: p50 %s, p99 %s", l.Entry, l.P50, l.P99)
		}
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
}

func TestMeasureComparesWithTheNoOpOfTheSameWrite(t *testing.T) {
	figures, err := Measure(scenario(t, GateSize()), Effort{Rounds: 1, Slice: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for i := range figures {
		f := &figures[i]
		if f.Best <= 0 || f.Ratio <= 0 || f.Allocations.Objects == 0 {
			t.Errorf("%s: %+v", f.Entry, f)
		}
		if f.Entry.Name == NoOp && f.Ratio != 1 {
			t.Errorf("%s: %v times itself", f.Entry, f.Ratio)
		}
	}
}

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for i := 100; i > 0; i-- {
		times = append(times, time.Duration(i))
	}
	if p50, p99 := percentile(times, 50), percentile(times, 99); p50 != 51 || p99 != 100 {
		t.Errorf("p50 %d, p99 %d", p50, p99)
	}
	if got := percentile(nil, 50); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
}
