package server

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// maxConnections is far above what API servers open: one for each write that they
	// have in flight. A connection takes some 30 kB.
	maxConnections = 512
	// patient is how long a first question may take while others want in.
	patient = time.Second
)

// The reasons why a connection is dropped, in the metrics.
const (
	droppedForRoom   = "limit"
	droppedHandshake = "handshake"
	// droppedOps is for room too, at the port of health and metrics.
	droppedOps = "ops-limit"
)

// dropReasons are all of them.
func dropReasons() []string { return []string{droppedForRoom, droppedHandshake, droppedOps} }

// connections bounds how many are open. When there are too many, the one of least use is
// closed: a bound that turned away the newest would let whoever opens idle ones keep
// API servers out.
type connections struct {
	limit   int
	dropped func(reason string)
	// busyToo lets one go that is being answered, where all are: the longest.
	busyToo bool

	mu   sync.Mutex
	open map[net.Conn]*connection
}

// connection is what is known of one. Its fields are under the lock of connections.
type connection struct {
	since    time.Time // of its opening, or of its last answer
	answered bool      // at least once
	asking   bool      // a request of it is being answered
}

type connectionKey struct{}

func newConnections(limit int, dropped func(string)) *connections {
	return &connections{limit: limit, dropped: dropped, open: map[net.Conn]*connection{}}
}

// opened is the ConnContext of the server.
func (c *connections) opened(ctx context.Context, conn net.Conn) context.Context {
	one := &connection{since: time.Now()}
	c.mu.Lock()
	victim := net.Conn(nil)
	if len(c.open) >= c.limit {
		if victim = c.leastUse(one.since); victim == nil {
			victim = conn
		}
		delete(c.open, victim)
	}
	if victim != conn {
		c.open[conn] = one
	}
	c.mu.Unlock()
	if victim != nil {
		c.dropped(droppedForRoom)
		_ = victim.Close() // its server notices
	}
	return context.WithValue(ctx, connectionKey{}, one)
}

// leastUse is the connection that may go, nil for none: the oldest of those of the least
// use.
func (c *connections) leastUse(now time.Time) net.Conn {
	var least net.Conn
	var why *connection
	spare := c.newcomers() < c.limit/spareShare
	rank := func(one *connection) int {
		if use := one.use(now); use != silent || !spare {
			return use
		}
		return newcomer
	}
	for conn, one := range c.open {
		use := rank(one)
		if use == inUse && !c.busyToo {
			continue
		}
		if why == nil || use < rank(why) || use == rank(why) && one.since.Before(why.since) {
			least, why = conn, one
		}
	}
	return least
}

// spareShare is the part of all connections that is left to those that have asked nothing yet.
// Without it, who holds all others idle and opens more without a pause has each newcomer closed by
// the next, in the middle of its handshake. With more, a burst of silent ones would push out
// the idle ones of API servers.
const spareShare = 4

// newcomers is how many have asked nothing yet.
func (c *connections) newcomers() int {
	n := 0
	for _, one := range c.open {
		if !one.answered && !one.asking {
			n++
		}
	}
	return n
}

// The uses of a connection, the least first.
const (
	silent   = iota // has asked nothing yet: an API server asks at once
	slow            // its first question takes long to arrive
	idle            // had an answer, and may ask again
	newcomer        // silent, and there are few of them
	inUse
)

func (c *connection) use(now time.Time) int {
	switch {
	case !c.answered && !c.asking:
		return silent
	case !c.answered && now.Sub(c.since) >= patient:
		return slow
	case !c.asking:
		return idle
	}
	return inUse
}

// changed is the ConnState of the server.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

// guard keeps a connection that is being answered from being closed.
func (c *connections) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one, ok := r.Context().Value(connectionKey{}).(*connection)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		c.mark(one, true)
		defer c.mark(one, false)
		next.ServeHTTP(w, r)
	})
}

func (c *connections) mark(one *connection, asking bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one.asking = asking
	if !asking {
		one.answered, one.since = true, time.Now()
	}
}

// complaints are what net/http has to say about connections. Handshakes that failed, as
// with a client that does not trust our certificate or has none of its own, can be caused
// by anybody: they are counted, and shown only to whoever asks for much.
type complaints struct {
	log     *zap.Logger
	dropped func(reason string)
}

// Write implements [io.Writer].
func (c complaints) Write(text []byte) (int, error) {
	detail := zap.ByteString("detail", bytes.TrimSpace(text))
	if bytes.HasPrefix(text, []byte("http: TLS handshake error")) {
		c.dropped(droppedHandshake)
		c.log.Debug("a handshake failed", detail)
	} else {
		c.log.Warn("a connection failed", detail)
	}
	return len(text), nil
}
