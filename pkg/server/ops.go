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

// ops serves operators: /healthz, /readyz, /metrics.
type ops struct {
	handler  http.Handler
	listener net.Listener
	log      *zap.Logger
}

func newOps(ctx context.Context, o Options, ready map[string]healthz.Checker, gatherer prometheus.Gatherer) (*ops, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.OpsAddress)
	if err != nil {
		return nil, fmt.Errorf("ops address: %w", err)
	}
	mux := http.NewServeMux()
	mount(mux, "/healthz", map[string]healthz.Checker{"ping": healthz.Ping})
	mount(mux, "/readyz", logged(ready, o.Log.Named("ready")))
	mux.Handle("/metrics", promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{}))
	return &ops{handler: mux, listener: listener, log: o.Log.Named("ops")}, nil
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
	srv := &http.Server{
		ErrorLog:          complaints,
		Handler:           o.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
	}
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
