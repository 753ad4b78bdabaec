package alb

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestAnAnswerOfATargetIsHandedOn(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	w.want(200, "ok", "")
}

func TestAnErrorOfATargetIsItsOwn(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, func(c *net.TCPConn, _ int) bool {
		return write(c, "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
	})
	w.healthy(b.address)
	w.want(503, "busy", "")
}

func TestATargetThatFailsGivesBadGateway(t *testing.T) {
	reset := func(c *net.TCPConn) bool {
		c.SetLinger(0)
		return false
	}
	tests := []struct {
		name   string
		do     func(*net.TCPConn, int) bool
		reason Reason
	}{
		{"it resets the connection", func(c *net.TCPConn, _ int) bool { return reset(c) }, Reset},
		{"it closes the connection", func(*net.TCPConn, int) bool { return false }, Closed},
		{"it stops in the middle of the head", func(c *net.TCPConn, _ int) bool {
			write(c, "HTTP/1.1 200 OK\r\nContent-")
			return false
		}, Closed},
		{"it does not speak HTTP", func(c *net.TCPConn, _ int) bool {
			write(c, "220 mail.example ESMTP\r\n\r\n")
			return false
		}, Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, nil)
			b := newBackend(t, test.do)
			w.healthy(b.address)
			w.want(502, "502 "+string(test.reason), test.reason)
			if n := b.requests.Load(); n != 1 {
				t.Errorf("the target got %d requests, want 1", n)
			}
		})
	}
}

func TestATargetThatDoesNotListenRefuses(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	b.listener.Close()
	w.want(502, "502 refused", Refused)
}

// To a broadcast address, Linux makes no TCP connection: there is no way to it.
func TestATargetWithoutAWayToItIsUnreachable(t *testing.T) {
	w := newWorld(t, nil)
	w.alb.Register("127.255.255.255:80", "pod")
	w.clock.Advance(40 * time.Second) // two failed checks: unhealthy, and so is every target
	w.want(502, "502 unreachable", Unreachable)
}

func TestAnAnswerThatBreaksOffIsCounted(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, func(c *net.TCPConn, _ int) bool {
		write(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", 50000))
		return false
	})
	w.healthy(b.address)
	if _, body := w.get(); !strings.Contains(body, "EOF") {
		t.Errorf("the client got %.60q, want a broken answer", body)
	}
	w.counted(200, Closed)
}

func TestNoTargetsGivesServiceUnavailable(t *testing.T) {
	w := newWorld(t, nil)
	w.want(503, "503 no targets", NoTargets)
	b := newBackend(t, answerOK)
	w.alb.Register(b.address, "pod")
	w.want(503, "503 no targets", NoTargets) // the node has not heard of it
	w.clock.Advance(10 * time.Second)
	w.want(503, "503 no target is healthy yet", AllInitial)
}

// A listener whose queue is full drops the first packet of a connection, as an address
// does that nobody has any more.
func TestATargetThatDoesNotAnswerTheFirstPacketTimesOut(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Parameters.ConnectTimeout = 50 * time.Millisecond })
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	b.listener.Close()
	fillQueue(t, b.address)
	w.want(504, "504 connect time-out", ConnectTimeout)
}

// fillQueue listens on the address and lets nobody in.
func fillQueue(t *testing.T, address string) {
	t.Helper()
	port := mustTCP(t, address)
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	for {
		c, err := net.DialTimeout("tcp", address, 50*time.Millisecond)
		if err != nil {
			return
		}
		t.Cleanup(func() { c.Close() })
	}
}

func mustTCP(t *testing.T, address string) int {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return a.Port
}

func TestATargetThatDoesNotAnswerTimesOut(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Parameters.IdleTimeout = 50 * time.Millisecond })
	release := make(chan struct{})
	defer close(release)
	b := newBackend(t, func(*net.TCPConn, int) bool {
		<-release
		return false
	})
	w.healthy(b.address)
	w.want(504, "504 idle time-out", IdleTimeout)
}

func TestAClientThatLeavesIsNoFaultOfTheTarget(t *testing.T) {
	w := newWorld(t, nil)
	arrived, gone := make(chan struct{}), make(chan struct{})
	b := newBackend(t, func(c *net.TCPConn, _ int) bool {
		close(arrived)
		c.Read(make([]byte, 1)) // returns when the load balancer closes the connection
		close(gone)
		return false
	})
	w.healthy(b.address)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/test", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if resp, err := newClient(t).Do(req); err == nil {
			resp.Body.Close()
		}
	})
	<-arrived
	cancel()
	wg.Wait()
	<-gone
	w.eventually(func() bool {
		w.journal.Flush()
		return strings.Contains(w.log.String(), `"status":460`)
	})
	w.counted(460, ClientLeft)
}

// eventually waits for what another goroutine does, for as long as the test may take.
func (w *world) eventually(done func() bool) {
	w.t.Helper()
	for tick := time.Tick(2 * time.Millisecond); !done(); {
		select {
		case <-w.t.Context().Done():
			w.t.Fatal("it did not come")
		case <-tick:
		}
	}
}
