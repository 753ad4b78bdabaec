package kube

import (
	"context"
	"testing"
	"time"
)

// waitFor polls until check succeeds.
func waitFor(t *testing.T, what string, check func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitBound)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for err := check(); err != nil; err = check() {
		select {
		case <-ctx.Done():
			t.Fatalf("waiting for %s: %v", what, err)
		case <-ticker.C:
		}
	}
}
