package admission

import (
	"context"
	"testing"
	"time"
)

const unit = costOfByte

func newForest() *forest { return &forest{limit: 64 * unit, least: 4 * unit} }

// ofText is a review of so many bytes and no values.
func ofText(bytes int64) weight { return weight{text: bytes} }

// take is for what must find room at once.
func take(t *testing.T, f *forest, w weight) *trees {
	t.Helper()
	got := f.take(t.Context(), w)
	if got == nil || got.weight.text < w.text || got.weight.values < w.values {
		t.Fatalf("no trees for %+v: %+v", w, got)
	}
	return got
}

func TestTreesThatAreKeptCountAndGoWhenTheirRoomIsWanted(t *testing.T) {
	f := newForest()
	for range 3 {
		var all []*trees
		for range 4 {
			all = append(all, take(t, f, ofText(16)))
		}
		if f.size-f.dropped != 64*unit {
			t.Errorf("all four count %d", f.size-f.dropped)
		}
		for _, one := range all {
			f.give(one)
		}
		if f.sizeOfKept() != 16*unit || len(f.kept) != 1 {
			t.Errorf("in quiet times %d are kept, %d trees", f.sizeOfKept(), len(f.kept))
		}
	}
	small := take(t, f, ofText(8)) // that of 16 is used again, whole
	if small.weight.text != 16 {
		t.Errorf("trees of %d", small.weight.text)
	}
	f.give(small)
	if large := take(t, f, ofText(64)); f.size != 64*unit || len(f.kept) != 0 {
		t.Errorf("all of them %d, with %d kept beside one of %d", f.size, len(f.kept), large.weight.text)
	}
}

func TestTreesForTextAreNoTreesForValues(t *testing.T) {
	f := &forest{limit: 64 * costOfValue, least: 4 * costOfValue}
	f.give(take(t, f, ofText(2000)))
	got := take(t, f, weight{text: 1, values: 3})
	if got.weight.values < 3 || len(f.kept) != 1 {
		t.Errorf("a review of values got trees for %+v", got.weight)
	}
}

func TestWhatIsDroppedCountsUntilItIsCollected(t *testing.T) {
	f := newForest()
	for range 200 { // much more than the limit in all, each of a size of its own
		for size := int64(20); size <= 60; size += 20 {
			f.give(take(t, f, ofText(size)))
			f.mu.Lock()
			if f.size > f.limit {
				t.Errorf("%d of %d", f.size, f.limit)
			}
			f.mu.Unlock()
		}
	}
}

func TestWhileMemoryIsShortNothingIsKept(t *testing.T) {
	f := newForest()
	short := true
	f.crowded = func() bool { return short }
	for range asked {
		f.give(take(t, f, ofText(8)))
	}
	if len(f.kept) != 0 {
		t.Errorf("%d kept after %d reviews", len(f.kept), asked)
	}
	short = false
	f.give(take(t, f, ofText(8)))
	if len(f.kept) != 1 {
		t.Errorf("%d kept when there is room again", len(f.kept))
	}
}

func TestWhoWaitsGetsTreesInTurnAndWhoGaveUpStandsInNobodysWay(t *testing.T) {
	f := newForest()
	first, second := take(t, f, ofText(32)), take(t, f, ofText(32))
	gaveUp, cancel := context.WithCancel(t.Context())
	cancel()
	if f.take(gaveUp, ofText(64)) != nil || len(f.queue) != 0 {
		t.Errorf("one who gave up has trees, or waits still: %d", len(f.queue))
	}
	patient, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	got := make(chan *trees)
	go func() { got <- f.take(patient, ofText(20)) }()
	for waiting := false; !waiting; {
		f.mu.Lock()
		waiting = len(f.queue) == 1
		f.mu.Unlock()
	}
	f.give(first)
	if one := <-got; one != first {
		t.Errorf("it got %p, not those that were given back", one)
	}
	f.give(second)
}
