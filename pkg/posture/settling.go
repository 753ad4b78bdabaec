package posture

import (
	"sync"
	"time"
)

// settleAtMost is how long a namespace that goes on changing is left alone: an Ingress is to
// be reported within five seconds.
const settleAtMost = 3 * time.Second

// settling lets a namespace settle: between the objects of a release that follow each
// other, what is there is no news.
type settling struct {
	mu      sync.Mutex
	changes map[string]burst
}

// burst is when the changes that were not looked at yet began, and when the last one was.
type burst struct{ first, last time.Time }

func newSettling() *settling { return &settling{changes: map[string]burst{}} }

// changed notes a change.
func (s *settling) changed(namespace string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.changes[namespace]
	if !known {
		b.first = now
	}
	b.last = now
	s.changes[namespace] = b
}

// wait is how long to leave the namespace alone, 0 for not: then its changes are forgotten,
// as it is looked at.
func (s *settling) wait(namespace string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.changes[namespace]
	if !known {
		return 0
	}
	left := min(b.last.Add(settleTime).Sub(now), b.first.Add(settleAtMost).Sub(now))
	if left > 0 {
		return left
	}
	delete(s.changes, namespace)
	return 0
}
