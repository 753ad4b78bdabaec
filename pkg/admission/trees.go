package admission

import (
	"context"
	"slices"
	"sync"

	"github.com/valyala/fastjson"
)

// trees is the memory in which one review is parsed, twice: the second tree proves the
// patch. It is used again, as parsing then allocates next to nothing.
type trees struct {
	review, proof fastjson.Parser
	// size is what the reviews that it had may have made it grow to, in bytes.
	size int64
}

// forest hands out trees. All that there are, in use or kept for the next review, share one
// limit. A sync.Pool would not do: what it keeps is counted by nobody, and each of its
// trees grows in time to the size of the largest review (300 connections took 250 MB).
type forest struct {
	limit, least int64

	mu    sync.Mutex
	size  int64    // of all
	kept  []*trees // in use by nobody
	queue []*turn  // who waits, the longest first
}

// turn is one review that waits; it gets its trees through the channel, which has room.
type turn struct {
	size int64
	got  chan *trees
}

// round makes trees of nearly the same size alike.
func (f *forest) round(size int64) int64 { return min((size+f.least-1)/f.least*f.least, f.limit) }

// take waits for its turn until the context ends; nil is for no turn.
func (f *forest) take(ctx context.Context, size int64) *trees {
	size = f.round(size)
	f.mu.Lock()
	if len(f.queue) == 0 {
		if t := f.fit(size); t != nil {
			f.mu.Unlock()
			return t
		}
	}
	wait := &turn{size: size, got: make(chan *trees, 1)}
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
	f.serve()
	for f.sizeOfKept() > f.limit/4 {
		f.drop()
	}
}

// serve gives trees to those who wait, in their order.
func (f *forest) serve() {
	for len(f.queue) > 0 {
		t := f.fit(f.queue[0].size)
		if t == nil {
			return
		}
		f.queue[0].got <- t
		f.queue = slices.Delete(f.queue, 0, 1)
	}
}

// fit finds trees of the size, the smallest that are kept, else new ones, for which others
// may have to go; nil where too many are in use.
func (f *forest) fit(size int64) *trees {
	best := -1
	for i, t := range f.kept {
		if t.size >= size && (best < 0 || t.size < f.kept[best].size) {
			best = i
		}
	}
	if best >= 0 {
		t := f.kept[best]
		f.kept = slices.Delete(f.kept, best, best+1)
		return t
	}
	for f.size+size > f.limit {
		if len(f.kept) == 0 {
			return nil
		}
		f.drop()
	}
	f.size += size
	return &trees{size: size}
}

// drop leaves the largest that are kept to the garbage collector.
func (f *forest) drop() {
	largest := 0
	for i, t := range f.kept {
		if t.size > f.kept[largest].size {
			largest = i
		}
	}
	f.size -= f.kept[largest].size
	f.kept = slices.Delete(f.kept, largest, largest+1)
}

func (f *forest) sizeOfKept() (sum int64) {
	for _, t := range f.kept {
		sum += t.size
	}
	return sum
}
