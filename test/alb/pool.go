package alb

import (
	"context"
	"net"
	"sync"
)

// pool are the connections of one node to one target: those that are kept and those in
// use.
type pool struct {
	mu      sync.Mutex
	kept    []*conn // the last used at the end
	busy    map[*conn]struct{}
	stopped bool // keep none
	ended   bool // allow none
}

// connect takes a kept connection or makes one.
func (v *view) connect(ctx context.Context) (*conn, Reason) {
	for c := v.pool.take(); c != nil; c = v.pool.take() {
		if !c.stale() {
			return c, ""
		}
		v.pool.drop(c)
	}
	dialer := net.Dialer{Timeout: v.alb.params.ConnectTimeout}
	made, err := dialer.DialContext(ctx, "tcp", v.target.address)
	if err != nil {
		return nil, dialReason(ctx, err)
	}
	c := newConn(made, v.alb.params.IdleTimeout)
	if !v.pool.add(c) {
		made.Close()
		return nil, DelayEnded
	}
	return c, ""
}

// take moves a kept connection to those in use; nil when there is none.
func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.kept) - 1
	if last < 0 {
		return nil
	}
	c := p.kept[last]
	p.kept = p.kept[:last]
	p.busy[c] = struct{}{}
	return c
}

func (p *pool) add(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	if p.busy == nil {
		p.busy = map[*conn]struct{}{}
	}
	p.busy[c] = struct{}{}
	return true
}

// keep puts a connection back for the next request.
func (p *pool) keep(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, c)
	if p.stopped {
		c.Close()
		return
	}
	p.kept = append(p.kept, c)
}

// drop closes a connection that is of no more use.
func (p *pool) drop(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, c)
	c.Close()
}

// stop closes the kept connections and keeps no more.
func (p *pool) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	for _, c := range p.kept {
		c.Close()
	}
	p.kept = nil
}

// cut closes the connections in use.
func (p *pool) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for c := range p.busy {
		c.cut.Store(true)
		c.Close()
	}
}
