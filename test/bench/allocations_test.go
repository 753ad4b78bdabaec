//go:build !race

package bench

import "testing"

// The bar is for the whole way through controller-runtime, and for every kind of
// write. The race detector makes pools forget, so the file is not built with it.
func TestAllocationsStayBelowTheBar(t *testing.T) {
	s := scenario(t, GateSize())
	var floor Allocations
	for i := range s.Entries {
		entry := &s.Entries[i]
		call, err := NewCall(entry.Handler, entry.Review)
		if err != nil {
			t.Fatal(err)
		}
		got := CountAllocations(call)
		t.Logf("%-20s %5d allocations %7d bytes", entry, got.Objects, got.Bytes)
		switch entry.Name {
		case NoOp:
			floor = got
		case Rollguard:
			checkBar(t, entry, got, floor)
		}
	}
}

func checkBar(t *testing.T, entry *Entry, got, floor Allocations) {
	if got.Objects <= BarAllocs && got.Bytes <= BarBytes {
		return
	}
	t.Errorf(`%s, a review of %d bytes: %d allocations and %d bytes, and the bar is %d and %d.
controller-runtime alone takes %d and %d. To see where the rest comes from:
  go test ./test/bench -run xxx -bench '/%s/%s$' -benchtime 4000x -memprofile mem.out -memprofilerate 1
  go tool pprof -sample_index=alloc_objects -lines -top -cum bench.test mem.out`,
		entry, len(entry.Review), got.Objects, got.Bytes, BarAllocs, BarBytes,
		floor.Objects, floor.Bytes, GateSize().Name, entry)
}
