package node

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"sync"
)

// relay passes connections from the node on to the API server, which listens on the
// loopback address only, where nobody else can reach it.
type relay struct {
	listener net.Listener
	target   string

	mu     sync.Mutex
	open   map[net.Conn]struct{}
	closed bool
}

// startRelay listens on a free port of addr.
func startRelay(addr netip.Addr, apiServer string) (*relay, error) {
	target, err := url.Parse(apiServer)
	if err != nil {
		return nil, fmt.Errorf("address of the API server: %w", err)
	}
	listener, err := net.Listen("tcp", netip.AddrPortFrom(addr, 0).String())
	if err != nil {
		return nil, fmt.Errorf("listen for the node: %w", err)
	}
	r := &relay{listener: listener, target: target.Host, open: map[net.Conn]struct{}{}}
	go r.accept()
	return r, nil
}

// address returns where the relay listens.
func (r *relay) address() netip.AddrPort {
	return r.listener.Addr().(*net.TCPAddr).AddrPort()
}

// accept passes on every connection until close.
func (r *relay) accept() {
	for {
		from, err := r.listener.Accept()
		if err != nil {
			return
		}
		go r.pass(from)
	}
}

// pass copies both ways until one side ends.
func (r *relay) pass(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", r.target)
	if err != nil {
		return
	}
	defer to.Close()
	if !r.keep(from, to) {
		return
	}
	defer r.forget(from, to)
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(way[1], way[0])
			done <- struct{}{}
		}()
	}
	<-done
}

// keep notes open connections; it returns false when the relay is closed already.
func (r *relay) keep(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		r.open[c] = struct{}{}
	}
	return !r.closed
}

// forget drops what keep noted.
func (r *relay) forget(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		delete(r.open, c)
	}
}

// close ends the relay and its connections.
func (r *relay) close() {
	r.listener.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for c := range r.open {
		c.Close()
	}
}
