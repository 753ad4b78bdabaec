package alb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// nodeKey is where a connection of a client keeps its node.
type nodeKey struct{}

// ServeHTTP sends a request to a target, or answers for it, and counts the outcome.
func (a *ALB) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := a.nodes[0]
	if own, ok := r.Context().Value(nodeKey{}).(*node); ok {
		n = own
	}
	var o Outcome
	v, empty := n.pick()
	if v == nil {
		o = Outcome{}.failed(empty)
	} else {
		o = v.forward(w, r)
	}
	a.journal.count(o)
	switch {
	case o.Partial:
		// The status is out, or goes now: a client that got nothing might send its request
		// again by itself. Breaking the connection is all that is left.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case o.Reason != "" && o.Reason != ClientLeft:
		w.Header().Set("Server", "albmodel")
		http.Error(w, fmt.Sprintf("%d %s", o.Status, o.Reason), o.Status)
	}
}

// Serve answers clients until ctx is done, each connection by the next node, and
// writes the counts of every second to the journal.
func (a *ALB) Serve(ctx context.Context, listener net.Listener) error {
	var accepted atomic.Uint64
	web := &http.Server{
		Handler:           a,
		ReadHeaderTimeout: a.params.IdleTimeout,
		IdleTimeout:       a.params.IdleTimeout,
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, nodeKey{}, a.nodes[accepted.Add(1)%uint64(len(a.nodes))])
		},
	}
	stop := context.AfterFunc(ctx, func() { web.Close() })
	defer stop()
	a.everySecond(ctx)
	err := web.Serve(listener)
	a.journal.Flush()
	if ctx.Err() != nil && errors.Is(err, http.ErrServerClosed) {
		return a.journal.Err()
	}
	return errors.Join(fmt.Errorf("serve: %w", err), a.journal.Err())
}

func (a *ALB) everySecond(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	a.journal.Flush()
	a.clock.AfterFunc(time.Second, func() { a.everySecond(ctx) })
}
