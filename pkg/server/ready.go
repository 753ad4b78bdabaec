package server

import (
	"errors"
	"net/http"

	"sigs.k8s.io/controller-runtime/pkg/healthz"

	"github.com/rollguard/rollguard/pkg/cluster"
)

// checks are what readiness asks: can this replica answer a request, and answer it
// well? Half-filled caches would take an exposed Deployment for one that is not.
func (s *server) checks() map[string]healthz.Checker {
	return map[string]healthz.Checker{
		"serving":     s.notDraining,
		"caches":      s.cachesSynced,
		"certificate": func(*http.Request) error { return s.source.Healthy() },
		"listener":    s.webhook.check,
	}
}

func (s *server) notDraining(*http.Request) error {
	if s.draining.Load() {
		return errors.New("this replica is going away")
	}
	return nil
}

func (s *server) cachesSynced(*http.Request) error {
	if !s.state.Synced() {
		return cluster.ErrNotSynced
	}
	return nil
}
