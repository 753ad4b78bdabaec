package admission

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/sync/semaphore"
)

// What a review costs in memory, in bytes, measured with fastjson 1.6.10. Each value of a
// tree grown from nothing takes up to 450 (the parser grows by a quarter and what it has
// outgrown stays in use), and there are two trees: the second proves the patch. The text
// is held three times, by us and by the two parsers.
const (
	costOfValue = 2 * 450
	costOfByte  = 3
)

// weight is how large a review is: the bytes of its text, and its JSON values.
type weight struct{ text, values int64 }

// memory is what it takes to parse and decide such a review, in bytes, from above.
func (w weight) memory() int64 { return costOfByte*w.text + costOfValue*w.values }

const (
	// atOnce is how many reviews are decided at the same time at most.
	atOnce = 64
	// patience is how long a review waits for its turn, if its own deadline leaves that.
	patience = 500 * time.Millisecond
	// unlimited stands for a process without GOMEMLIMIT.
	unlimited = 128 << 20
)

// Gate bounds what all requests together take, so that nobody who reaches the port can
// have the process killed for want of memory (as in CVE-2026-24514 of another webhook).
// One Gate is for one process: handlers of different configurations share it. A nil
// *Gate lets everything pass.
type Gate struct {
	bodies *semaphore.Weighted
	work   forest
}

// NewGate makes a Gate for a process that the Go runtime holds to so many bytes, as
// debug.SetMemoryLimit(-1) says. Of these an eighth is for bodies that are being read and
// two fifths are for the trees of reviews, those included that are kept for the next ones, or
// wait for the garbage collector.
func NewGate(memoryLimit int64) *Gate {
	if memoryLimit <= 0 || memoryLimit == math.MaxInt64 {
		memoryLimit = unlimited
	}
	limit := memoryLimit * 2 / 5
	return &Gate{
		bodies: semaphore.NewWeighted(max(memoryLimit/8, MaxBody+2*chunkSize)),
		work:   forest{limit: limit, least: limit / atOnce, crowded: heapAbove(memoryLimit * 4 / 5)},
	}
}

// overload is why a review is not looked at.
type overload struct {
	reason string
	large  bool // not the load is the reason, but this review
}

func (o *overload) Error() string { return "overload: " + o.reason }

// ticket is what one request holds of a Gate.
type ticket struct {
	body  int64
	trees *trees
}

// read tells whether there is memory for so many more bytes of a body. Nobody waits for
// that: whoever sends slowly would then stop those who do not.
func (g *Gate) read(t *ticket, more int64) error {
	if g == nil {
		return nil
	}
	if !g.bodies.TryAcquire(more) {
		return &overload{reason: "too many requests are being read"}
	}
	t.body += more
	return nil
}

// hasRead gives back what a body held on its way.
func (g *Gate) hasRead(t *ticket) {
	if g != nil {
		g.bodies.Release(t.body)
	}
	t.body = 0
}

// enter waits for its turn, until half of the time is over that ctx leaves.
func (g *Gate) enter(ctx context.Context, t *ticket, w weight) error {
	if g == nil {
		t.trees = new(trees)
		return nil
	}
	if w.memory() > g.work.limit {
		return &overload{reason: fmt.Sprintf("the review has %d bytes and some %d values, more than the memory limit leaves room for", w.text, w.values), large: true}
	}
	if t.trees = g.work.take(ctx, w); t.trees == nil {
		return &overload{reason: "too many requests are being decided"}
	}
	return nil
}

// patienceOf is how long a review waits for its turn.
func patienceOf(ctx context.Context) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return min(patience, time.Until(end)/2)
	}
	return patience
}

// leave gives back what the ticket holds.
func (g *Gate) leave(t *ticket) {
	g.hasRead(t)
	if g != nil && t.trees != nil {
		g.work.give(t.trees)
	}
	t.trees = nil
}

// isOverload tells whether an error is about there being no room.
func isOverload(err error) (*overload, bool) {
	if err == nil {
		return nil, false // without an allocation
	}
	var o *overload
	return o, errors.As(err, &o)
}
