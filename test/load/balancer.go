package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
)

// Balancer is a Service of one port, made of connections on the loopback interface.
type Balancer struct {
	listener  net.Listener
	mu        sync.Mutex
	endpoints []string
	open      sync.WaitGroup
	refused   int
}

// NewBalancer opens a port without endpoints behind it.
func NewBalancer(ctx context.Context) (*Balancer, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("balancer: %w", err)
	}
	b := &Balancer{listener: listener}
	b.open.Go(b.serve)
	return b, nil
}

// URL is what the API server calls.
func (b *Balancer) URL() string {
	_, port, _ := net.SplitHostPort(b.listener.Addr().String())
	return "https://localhost:" + port + "/mutate"
}

// Add puts an address on the list of endpoints.
func (b *Balancer) Add(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.endpoints = append(b.endpoints, address)
}

// Remove takes an address off the list. Its connections stay, as with kube-proxy.
func (b *Balancer) Remove(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.endpoints = slices.DeleteFunc(b.endpoints, func(a string) bool { return a == address })
}

// Refused is how many connections found no endpoint, or a dead one.
func (b *Balancer) Refused() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refused
}

// Close ends the port.
func (b *Balancer) Close() error {
	err := b.listener.Close()
	b.mu.Lock()
	b.endpoints = nil
	b.mu.Unlock()
	return err
}

func (b *Balancer) serve() {
	for {
		client, err := b.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go b.join(client)
		}
	}
}

func (b *Balancer) pick() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.endpoints) == 0 {
		return ""
	}
	return b.endpoints[rand.IntN(len(b.endpoints))]
}

// join connects a client with an endpoint until one of them ends.
func (b *Balancer) join(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", b.pick())
	if err != nil {
		b.mu.Lock()
		b.refused++
		b.mu.Unlock()
		if tcp, ok := client.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as from a port that is not open
		}
		return
	}
	defer server.Close()
	ended := make(chan struct{}, 2)
	for from, to := range map[net.Conn]net.Conn{client: server, server: client} {
		go func() {
			_, _ = io.Copy(to, from) // whoever ends it, the other is told by the close
			ended <- struct{}{}
		}()
	}
	<-ended
}
