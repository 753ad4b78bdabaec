package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
)

// pollInterval is how often something that is to happen soon is looked for.
const pollInterval = 50 * time.Millisecond

// answerBound is how long one answer of a starting server may take.
const answerBound = 5 * time.Second

// readiness is what waitReady waits for: all paths of a server answer 200.
type readiness struct {
	what      string
	config    *rest.Config
	paths     []string
	processes []*Process // that must stay alive meanwhile
}

// waitReady polls until the server is ready, a process dies or ctx ends.
func waitReady(ctx context.Context, r readiness) error {
	client, err := rest.HTTPClientFor(r.config)
	if err != nil {
		return fmt.Errorf("client for %s: %w", r.what, err)
	}
	defer client.CloseIdleConnections()
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, p := range r.processes {
		go p.cancelOnExit(asking, cancel)
	}
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := r.check(asking, client)
		for _, p := range r.processes {
			if dead := p.Alive(); dead != nil {
				return dead
			}
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", r.what, errors.Join(context.Cause(ctx), err))
		case <-ticker.C:
		}
	}
}

// cancelOnExit calls cancel when the process is gone: another program that has
// the port may leave a question without an answer. It returns when ctx ends.
func (p *Process) cancelOnExit(ctx context.Context, cancel context.CancelFunc) {
	select {
	case <-p.exited:
		cancel()
	case <-ctx.Done():
	}
}

// check asks for every path once.
func (r readiness) check(ctx context.Context, client *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, answerBound)
	defer cancel()
	for _, path := range r.paths {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.config.Host+path, nil)
		if err != nil {
			return fmt.Errorf("ask for %s: %w", path, err)
		}
		response, err := client.Do(request)
		if err != nil {
			return fmt.Errorf("ask for %s: %w", path, err)
		}
		// The body of a server that is not ready lists what it waits for.
		body, err := io.ReadAll(io.LimitReader(response.Body, tailBytes))
		response.Body.Close()
		if err != nil {
			return fmt.Errorf("ask for %s: %w", path, err)
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s: %s", path, response.Status, body)
		}
	}
	return nil
}
