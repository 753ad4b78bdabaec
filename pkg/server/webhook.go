package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

// The time-outs of one request. The webhook configuration gives us 2 s, and 5 at most, so
// nobody waits for longer. A handshake has the least of them.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 5 * time.Second
	writeTimeout  = 10 * time.Second
	// idleTimeout is longer than that of API servers, whose transport keeps an idle
	// connection for 90 s (Go net/http DefaultTransport): who closes first decides, and
	// a connection that we close may have a request on its way.
	idleTimeout = 2 * time.Minute
	// maxHeader is ample: an API server sends some 300 bytes.
	maxHeader = 8 << 10
	// shutdownTimeout is how long requests that are being answered may take when all
	// is over.
	shutdownTimeout = 15 * time.Second
)

// endpoint is where API servers call. It is a server of our own and not that of
// controller-runtime, which has no bound for connections, bodies and answers
// (docs/adr/0019).
type endpoint struct {
	http    *http.Server
	address string
	// listening is set when the port is ours.
	listening atomic.Bool
}

func (s *server) newEndpoint() (*endpoint, error) {
	o := s.options
	s.current.Store(s.handler(o.Webhook))
	mux := http.NewServeMux()
	mux.HandleFunc(Path, s.configured)
	mux.HandleFunc(ProbePath, s.reached)
	config, err := s.tls()
	if err != nil {
		return nil, err
	}
	conns := newConnections(maxConnections, s.recorder.ConnectionDropped)
	e := &endpoint{
		address: net.JoinHostPort(o.Host, strconv.Itoa(o.Port)),
		http: &http.Server{
			Handler: conns.guard(s.goodbye(mux)), TLSConfig: config,
			ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
			IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
			ConnContext: conns.opened, ConnState: conns.changed,
			ErrorLog:  log.New(complaints{o.Log.Named("endpoint"), s.recorder.ConnectionDropped}, "", 0),
			Protocols: new(http.Protocols),
		},
	}
	e.http.Protocols.SetHTTP1(true)
	return e, nil
}

// goodbye lets each answer close its connection while we drain.
func (s *server) goodbye(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// start serves until ctx ends; then requests that are being answered are answered.
func (e *endpoint) start(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", e.address)
	if err != nil {
		return err
	}
	e.listening.Store(true)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- e.http.Shutdown(bound)
	}()
	if err := e.http.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// check dials the port as a client does, without a question about the certificate: a
// process that hangs would not answer.
func (e *endpoint) check(r *http.Request) error {
	if !e.listening.Load() {
		return errors.New("the port is not open yet")
	}
	dialer := tls.Dialer{
		NetDialer: &net.Dialer{Timeout: headerTimeout},
		Config:    &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // it is our own port; what is served is another check
	}
	conn, err := dialer.DialContext(r.Context(), "tcp", e.address)
	if err != nil {
		return fmt.Errorf("the port does not answer: %w", err)
	}
	return conn.Close()
}

// excluded are the namespaces that are never touched: a mistake there would stop
// the cluster, or Rollguard itself, from starting.
func excluded(own string, c *v1alpha1.WebhookConfiguration) map[string]bool {
	names := map[string]bool{"kube-system": true, "kube-node-lease": true}
	if own != "" {
		names[own] = true
	}
	for _, name := range c.ExcludedNamespaces {
		names[name] = true
	}
	return names
}
