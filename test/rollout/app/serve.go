package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rollguard/rollguard/test/rollout/tally"
)

// server answers requests and counts them.
type server struct {
	settings
	counters
	begun tally.Tally
}

// serve waits for the start-up, listens, and ends as the settings say when ctx is done.
func serve(ctx context.Context, s settings, out io.Writer) error {
	app := &server{settings: s}
	app.begun.Started = time.Now()
	if !wait(ctx, s.startUp) {
		return app.write(out, terminated(app.begun))
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	listening := time.Now()
	app.begun.Listening = &listening
	web := &http.Server{Handler: app.routes(), IdleTimeout: s.keepAlive, ReadHeaderTimeout: time.Minute}
	web.SetKeepAlivesEnabled(s.keepAlive > 0)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve: %w", err), app.write(out, app.begun))
	case <-ctx.Done():
	}
	end := terminated(app.begun)
	if s.drain {
		err = drain(web, s.drainFor)
	}
	// Without draining, the process ends here: the kernel closes what is open.
	return errors.Join(err, app.write(out, end))
}

// drain lets requests finish. Those that take longer than the limit are cut off, which
// is no error: the tally has them.
func drain(web *http.Server, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/__health", s.healthCheck)
	mux.HandleFunc("/test", s.test)
	mux.HandleFunc("/__tally", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(s.fill(s.begun))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.NotFound(w, r)
		s.notFound.Add(1)
	})
	return mux
}

func (s *server) healthCheck(w http.ResponseWriter, r *http.Request) {
	if !wait(r.Context(), s.healthLatency) {
		return
	}
	answer(w)
	s.health.Add(1)
	if byKubelet(r) {
		s.sawProbe()
	}
}

func byKubelet(r *http.Request) bool { return strings.HasPrefix(r.UserAgent(), "kube-probe/") }

func (s *server) test(w http.ResponseWriter, r *http.Request) {
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	takes := s.slowed(s.latency.at(rand.NormFloat64()), time.Since(*s.begun.Listening))
	if !wait(r.Context(), takes) {
		s.left.Add(1)
		return
	}
	answer(w)
	if byKubelet(r) {
		s.probes.Add(1)
		s.sawProbe()
		return
	}
	s.served.Add(1)
}

func answer(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain")
	// A client that went away is no concern of the application.
	_, _ = io.WriteString(w, "ok\n")
}

// wait returns false when ctx was done first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func terminated(t tally.Tally) tally.Tally {
	now := time.Now()
	t.Terminated = &now
	return t
}
