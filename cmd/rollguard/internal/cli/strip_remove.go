package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
)

// remove writes what was planned. Where the right to is missing it goes on with the next:
// a cluster has namespaces of many teams.
func (p *plan) remove(ctx context.Context, w io.Writer, removals []removal) error {
	var left []string
	for _, r := range removals {
		err := p.cluster.Patch(ctx, r.target(), r.Patch)
		if errors.Is(err, live.ErrMayNot) {
			left = append(left, r.Deployment.Namespace)
			continue
		}
		if err != nil {
			return fmt.Errorf("deployment %s: %w", r.Deployment.Key(), err)
		}
		if _, err := fmt.Fprintf(w, "%s: removed\n", r.Deployment.Key()); err != nil {
			return err
		}
	}
	return mayNot(left)
}

// mayNot is the error about Deployments that were left as they are, by their namespaces.
func mayNot(left []string) error {
	if len(left) == 0 {
		return nil
	}
	what := "1 Deployment was left as it is"
	if len(left) > 1 {
		what = fmt.Sprintf("%d Deployments were left as they are", len(left))
	}
	slices.Sort(left)
	return fmt.Errorf("%s: you may not patch Deployments in namespace %s; have somebody run this who may", what, strings.Join(slices.Compact(left), ", "))
}
