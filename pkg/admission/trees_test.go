package admission

import (
	"context"
	"testing"
	"time"
)

func newForest() *forest { return &forest{limit: 64, least: 1} }

// take is for what must find room at once.
func take(t *testing.T, f *forest, size int64) *trees {
	t.Helper()
	got := f.take(t.Context(), size)
	if got == nil || got.size < size {
		t.Fatalf("no trees of size %d: %+v", size, got)
	}
	return got
}

func TestTreesThatAreKeptCountAndGoWhenTheirRoomIsWanted(t *testing.T) {
	f := newForest()
	for range 3 {
		var all []*trees
		for range 4 {
			all = append(all, take(t, f, 16))
		}
		if f.size != 64 {
			t.Errorf("all four count %d", f.size)
		}
		for _, one := range all {
			f.give(one)
		}
		if f.size != 16 || len(f.kept) != 1 {
			t.Errorf("in quiet times %d are kept, %d trees", f.size, len(f.kept))
		}
	}
	small := take(t, f, 8) // that of 16 is used again, whole
	if small.size != 16 || f.size != 16 {
		t.Errorf("trees of %d, all of them %d", small.size, f.size)
	}
	f.give(small)
	if large := take(t, f, 64); f.size != 64 || len(f.kept) != 0 {
		t.Errorf("all of them %d, with %d kept beside one of %d", f.size, len(f.kept), large.size)
	}
}

func TestWhoWaitsGetsTreesInTurnAndWhoGaveUpStandsInNobodysWay(t *testing.T) {
	f := newForest()
	first, second := take(t, f, 32), take(t, f, 32)
	gaveUp, cancel := context.WithCancel(t.Context())
	cancel()
	if f.take(gaveUp, 64) != nil || len(f.queue) != 0 {
		t.Errorf("one who gave up has trees, or waits still: %d", len(f.queue))
	}
	patient, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	got := make(chan *trees)
	go func() { got <- f.take(patient, 20) }()
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
