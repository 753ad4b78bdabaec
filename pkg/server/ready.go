package server

import (
	"errors"
	"net/http"
	"sync/atomic"

	"go.uber.org/zap"
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

// logged says when a check begins to fail, and why, and when it ends: the kubelet asks every
// few seconds, and is told no reasons.
func logged(checks map[string]healthz.Checker, log *zap.Logger) map[string]healthz.Checker {
	out := make(map[string]healthz.Checker, len(checks))
	for name, check := range checks {
		failing, named := new(atomic.Bool), log.With(zap.String("check", name))
		out[name] = func(r *http.Request) error {
			err := check(r)
			switch before := failing.Swap(err != nil); {
			case err != nil && !before:
				named.Info("this replica is not ready", zap.Error(err))
			case err == nil && before:
				named.Info("this replica is ready as far as this check goes")
			}
			return err
		}
	}
	return out
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
