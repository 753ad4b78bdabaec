package alb

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
)

// backend is a target on loopback that answers health checks as it is told, and
// leaves what it does with other requests to a function.
type backend struct {
	address  string
	listener net.Listener
	sick     atomic.Bool
	// requests and connections count those that are no health checks.
	requests, connections atomic.Int64
	// do answers the n-th request of its connection, from 1. False ends the connection.
	do func(c *net.TCPConn, n int) bool
}

const plainAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func answerOK(c *net.TCPConn, _ int) bool { return write(c, plainAnswer) }

func write(c net.Conn, text string) bool {
	_, err := c.Write([]byte(text))
	return err == nil
}

func newBackend(t *testing.T, do func(c *net.TCPConn, n int) bool) *backend {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	b := &backend{address: listener.Addr().String(), listener: listener, do: do}
	go b.accept()
	return b
}

func (b *backend) accept() {
	for {
		c, err := b.listener.Accept()
		if err != nil {
			return
		}
		go b.serve(c.(*net.TCPConn))
	}
}

func (b *backend) serve(c *net.TCPConn) {
	defer c.Close()
	reader := bufio.NewReader(c)
	for n := 1; ; n++ {
		req, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		if req.URL.Path == "/__health" {
			if b.sick.Load() {
				write(c, "HTTP/1.1 500 Sick\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			} else {
				write(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}
			return
		}
		b.requests.Add(1)
		if n == 1 {
			b.connections.Add(1)
		}
		if !b.do(c, n) {
			return
		}
	}
}
