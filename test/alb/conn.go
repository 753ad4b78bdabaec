package alb

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// conn is a connection to a target.
type conn struct {
	net.Conn
	idle   time.Duration
	reader *bufio.Reader
	writer *bufio.Writer
	// cut is set when the load balancer closed it with a request in flight.
	cut atomic.Bool
	// ended is set when the target has closed its side.
	ended bool
}

func newConn(c net.Conn, idle time.Duration) *conn {
	out := &conn{Conn: c, idle: idle}
	out.reader, out.writer = bufio.NewReader(out), bufio.NewWriter(out)
	return out
}

// Read waits for the idle time-out at most. The same deadline then holds for the
// connection while it is kept.
func (c *conn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	c.ended = c.ended || errors.Is(err, io.EOF)
	return n, err
}

// Write waits for the idle time-out at most.
func (c *conn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// stale tells whether a kept connection is of no use: its target has closed it, sent
// something unasked, or it was idle for too long. One system call that does not wait;
// what arrives a moment later meets a request in flight, as with a real ALB.
func (c *conn) stale() bool {
	if c.reader.Buffered() > 0 {
		return true
	}
	raw, err := c.Conn.(syscall.Conn).SyscallConn()
	if err != nil {
		return true
	}
	alive := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, err := syscall.Read(int(fd), b[:])
		alive = errors.Is(err, syscall.EAGAIN)
		return true
	})
	return err != nil || !alive
}
