// Package manualclock is a clock for tests that stands still until it is turned. The
// fake clock of k8s.io/utils would run a function with its lock held, and show it the
// time at which the turning ends.
package manualclock

import (
	"slices"
	"sync"
	"time"
)

// Clock is an alb.Clock. The zero value shows the zero time.
type Clock struct {
	mu   sync.Mutex
	now  time.Time
	next []alarm // by time, then by age
	more chan struct{}
}

type alarm struct {
	at time.Time
	f  func()
}

// New makes a clock that shows the time.
func New(now time.Time) *Clock { return &Clock{now: now, more: make(chan struct{}, 1)} }

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc calls f when the clock has been turned by d.
func (c *Clock) AfterFunc(d time.Duration, f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.now.Add(d)
	i := len(c.next)
	for i > 0 && c.next[i-1].at.After(at) {
		i--
	}
	c.next = slices.Insert(c.next, i, alarm{at, f})
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// Advance turns the clock and calls what is due on the way, one after the other, each
// at its own time.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	for len(c.next) > 0 && !c.next[0].at.After(end) {
		due := c.next[0]
		c.next = c.next[1:]
		c.now = due.at
		c.mu.Unlock()
		due.f()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}

// Waiting returns how many functions wait for their time.
func (c *Clock) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.next)
}

// More has something when a function was added since it was last read.
func (c *Clock) More() <-chan struct{} { return c.more }
