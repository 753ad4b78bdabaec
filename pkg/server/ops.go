package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

const (
	// maxOpsConnections is far above what asks here: a kubelet, one connection for each
	// probe, and some Prometheus servers.
	maxOpsConnections = 64
	// maxScrapes is how many answers of /metrics are made at the same time. Each takes some
	// hundred kB, as long as its reader takes; the next is told 503 and scrapes again.
	maxScrapes = 4
)

// ops serves operators: /healthz, /readyz, /metrics. Whoever reaches the port may send
// what he likes, as to the webhook's, so it has the same bounds (docs/adr/0019).
type ops struct {
	handler  http.Handler
	listener net.Listener
	dropped  func(reason string)
	log      *zap.Logger
}

func (s *server) newOps(ctx context.Context, gatherer prometheus.Gatherer) (*ops, error) {
	o := s.options
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.OpsAddress)
	if err != nil {
		return nil, fmt.Errorf("ops address: %w", err)
	}
	mux := http.NewServeMux()
	mount(mux, "/healthz", map[string]healthz.Checker{"ping": healthz.Ping})
	mount(mux, "/readyz", logged(s.checks(), o.Log.Named("ready")))
	mux.Handle("/metrics", promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes}))
	return &ops{handler: mux, listener: listener, dropped: s.recorder.ConnectionDropped, log: o.Log.Named("ops")}, nil
}

// mount serves all checks at the path and each one below it.
func mount(mux *http.ServeMux, path string, checks map[string]healthz.Checker) {
	handler := http.StripPrefix(path, &healthz.Handler{Checks: checks})
	mux.Handle(path, handler)
	mux.Handle(path+"/", handler)
}

func (o *ops) start(ctx context.Context) error {
	complaints, err := zap.NewStdLogAt(o.log, zap.WarnLevel)
	if err != nil {
		return fmt.Errorf("log of the ops address: %w", err)
	}
	conns := newConnections(maxOpsConnections, func(string) { o.dropped(droppedOps) })
	conns.busyToo = true // who reads no answers must not keep the kubelet's probes out
	srv := &http.Server{
		ErrorLog: complaints, Handler: conns.guard(o.handler),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ConnContext: conns.opened, ConnState: conns.changed,
		Protocols: new(http.Protocols),
	}
	srv.Protocols.SetHTTP1(true)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- srv.Shutdown(bound)
	}()
	if err := srv.Serve(o.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
