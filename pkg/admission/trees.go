package admission

import (
	"context"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"

	"github.com/valyala/fastjson"
)

// trees is the memory in which one review is parsed, twice: the second tree proves the
// patch. It is used again, as parsing then allocates next to nothing.
type trees struct {
	text          []byte
	review, proof fastjson.Parser
	// weight is that of the heaviest review it is for.
	weight weight
}

// forest hands out trees. All that there are, in use, kept for the next review or not yet
// collected as garbage, share one limit. A sync.Pool would not do: what it keeps is counted by
// nobody, and each of its trees grows in time to the size of the largest review (300 connections
// took 250 MB). Nor would GOMEMLIMIT, which is soft: what large reviews leave behind
// comes faster than a busy machine collects it.
type forest struct {
	limit, least int64
	// crowded tells that there is so little memory that no trees are kept; nil is for never.
	// A tree that is used again and again may hold more than it counts for, as each value
	// keeps the room of the longest list that it ever was.
	crowded func() bool

	mu         sync.Mutex
	size       int64    // of all, in bytes
	dropped    int64    // of these, what the garbage collector has yet to find
	collecting bool     // because somebody waits
	given      int      // how often trees came back
	kept       []*trees // in use by nobody
	queue      []*turn  // who waits, the longest first
}

// asked is after how many reviews it is asked whether the heap is nearly full: what one review
// adds is little, and to ask takes as long as to parse a small one.
const asked = 16

// turn is one review that waits; it gets its trees through the channel, which has room.
type turn struct {
	weight weight
	got    chan *trees
}

// round makes trees for reviews of nearly the same weight alike. The smallest has a quarter for
// the text and the rest for values.
func (f *forest) round(w weight) weight {
	up := func(n, step int64) int64 { return (n + step - 1) / step * step }
	r := weight{
		text:   up(w.text, max(1, f.least/4/costOfByte)),
		values: up(w.values, max(1, f.least*3/4/costOfValue)),
	}
	if r.memory() > f.limit {
		return w
	}
	return r
}

// take waits for its turn until the context ends; nil is for no turn.
func (f *forest) take(ctx context.Context, w weight) *trees {
	w = f.round(w)
	f.mu.Lock()
	if len(f.queue) == 0 {
		if t := f.fit(w); t != nil {
			f.mu.Unlock()
			return t
		}
	}
	wait := &turn{weight: w, got: make(chan *trees, 1)}
	f.queue = append(f.queue, wait)
	f.mu.Unlock()
	bound, cancel := context.WithTimeout(ctx, patienceOf(ctx))
	defer cancel()
	select {
	case t := <-wait.got:
		return t
	case <-bound.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.queue, wait); i >= 0 {
		f.queue = slices.Delete(f.queue, i, i+1)
		f.serve() // it may have stood in the way of a smaller one
		return nil
	}
	return <-wait.got // at the last moment
}

// give takes trees back. Those of a large review are not kept for quiet times, nor are
// many.
func (f *forest) give(t *trees) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = append(f.kept, t)
	if f.given++; f.crowded != nil && f.given%asked == 0 && f.crowded() {
		f.dropUntil(0)
	}
	f.serve()
	f.dropUntil(f.limit / 4)
}

// serve gives trees to those who wait, in their order.
func (f *forest) serve() {
	for len(f.queue) > 0 {
		t := f.fit(f.queue[0].weight)
		if t == nil {
			return
		}
		f.queue[0].got <- t
		f.queue = slices.Delete(f.queue, 0, 1)
	}
}

// fit finds trees for the weight, the smallest that are kept, else new ones, for which others
// may have to go; nil where too many are in use, or not yet collected.
func (f *forest) fit(w weight) *trees {
	best := -1
	for i, t := range f.kept {
		if t.weight.text >= w.text && t.weight.values >= w.values && (best < 0 || t.weight.memory() < f.kept[best].weight.memory()) {
			best = i
		}
	}
	if best >= 0 {
		t := f.kept[best]
		f.kept = slices.Delete(f.kept, best, best+1)
		return t
	}
	size := w.memory()
	room := f.limit - f.size + f.dropped + f.sizeOfKept() - size
	if room < 0 {
		return nil
	}
	f.dropUntil(room)
	if f.size+size > f.limit {
		f.collect()
		return nil
	}
	f.size += size
	t := &trees{weight: w}
	runtime.AddCleanup(t, f.collected, size)
	return t
}

// dropUntil leaves the largest that are kept to the garbage collector, until the rest is no
// more than so many bytes. They count until they are collected.
func (f *forest) dropUntil(size int64) {
	for f.sizeOfKept() > size {
		largest := 0
		for i, t := range f.kept {
			if t.weight.memory() > f.kept[largest].weight.memory() {
				largest = i
			}
		}
		f.dropped += f.kept[largest].weight.memory()
		f.kept = slices.Delete(f.kept, largest, largest+1)
	}
}

func (f *forest) sizeOfKept() (sum int64) {
	for _, t := range f.kept {
		sum += t.weight.memory()
	}
	return sum
}

// collect has garbage collected for whoever waits, until there is room. A collection misses
// what is dropped while it runs.
func (f *forest) collect() {
	if f.collecting {
		return
	}
	f.collecting = true
	go func() {
		runtime.GC()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.collecting = false
		f.serve()
	}()
}

// collected is told by the runtime of trees that are gone.
func (f *forest) collected(size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.size -= size
	f.dropped -= size
	f.serve()
}

// heapAbove makes a question: did the last garbage collection leave more than so many bytes?
// It is for one caller at a time.
func heapAbove(limit int64) func() bool {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	return func() bool {
		metrics.Read(sample)
		return sample[0].Value.Uint64() > uint64(limit)
	}
}
