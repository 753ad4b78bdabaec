package alb

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// Reason says why a response is the load balancer's own; it is empty where the target
// answered. The causes are those of "Troubleshoot your Application Load Balancers" in
// the AWS user guide.
type Reason string

// The reasons, each with its status.
const (
	// 502: the target sent a reset when the connection was made: nobody listens.
	Refused Reason = "refused"
	// 502: no way to the target (ICMP, or no answer to ARP).
	Unreachable Reason = "unreachable"
	// 502: the target sent a reset, or closed the connection, with a request outstanding.
	Reset  Reason = "reset"
	Closed Reason = "closed"
	// 502: what the target sent is not HTTP.
	Malformed Reason = "malformed"
	// 502: the deregistration delay ended with the request in flight.
	DelayEnded Reason = "deregistration delay ended"
	// 503: no target is registered, as far as this node knows.
	NoTargets Reason = "no targets"
	// 503: targets are registered, and none has passed its first health check.
	AllInitial Reason = "no target is healthy yet"
	// 504: no connection within the connect time-out.
	ConnectTimeout Reason = "connect time-out"
	// 504: nothing came from the target for the idle time-out.
	IdleTimeout Reason = "idle time-out"
	// 460: the client went away first.
	ClientLeft Reason = "client left"
)

// statusClientLeft is what an ALB logs for a client that did not wait.
const statusClientLeft = 460

// Status is the HTTP status that the load balancer answers with.
func (r Reason) Status() int {
	switch r {
	case NoTargets, AllInitial:
		return http.StatusServiceUnavailable
	case ConnectTimeout, IdleTimeout:
		return http.StatusGatewayTimeout
	case ClientLeft:
		return statusClientLeft
	}
	return http.StatusBadGateway
}

// dialReason tells why there is no connection.
func dialReason(ctx context.Context, err error) Reason {
	switch {
	case ctx.Err() != nil:
		return ClientLeft
	case timedOut(err):
		return ConnectTimeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.ECONNRESET):
		return Reset
	}
	return Unreachable
}

// exchangeReason tells why an open connection gave no whole answer.
func exchangeReason(ctx context.Context, c *conn, err error) Reason {
	switch {
	case c.cut.Load():
		return DelayEnded
	case ctx.Err() != nil:
		return ClientLeft
	case timedOut(err):
		return IdleTimeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Reset
	case c.ended: // whatever the parser made of the half that came
		return Closed
	}
	return Malformed
}

func timedOut(err error) bool {
	var netError net.Error
	return errors.As(err, &netError) && netError.Timeout()
}
