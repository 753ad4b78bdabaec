package node

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// pollInterval is how often something that is to happen soon is looked for.
const pollInterval = 50 * time.Millisecond

// fatal is an error after which waiting is of no use.
type fatal struct{ error }

// Unwrap returns the error itself.
func (f fatal) Unwrap() error { return f.error }

// poll calls check until it succeeds, fails with fatal, or ctx ends.
func poll(ctx context.Context, what string, check func(context.Context) error) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if stop := (fatal{}); errors.As(err, &stop) {
			return stop.error
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w: %w", what, context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}
