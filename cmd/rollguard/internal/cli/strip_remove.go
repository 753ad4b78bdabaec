package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
)

// remove writes what was planned, and says what came of it. Where the right to is missing it
// goes on with the next: a cluster has namespaces of many teams.
func (p *plan) remove(ctx context.Context, w io.Writer, removals []removal) error {
	var left, undone []string
	for i := range removals {
		r := &removals[i]
		stays, err := p.removeFrom(ctx, r)
		if errors.Is(err, live.ErrMayNot) {
			left = append(left, r.Deployment.Namespace)
			continue
		}
		if err != nil {
			return fmt.Errorf("deployment %s: %w", r.Deployment.Key(), err)
		}
		outcome := "removed"
		if len(stays) > 0 {
			outcome = "not removed: " + strings.Join(stays, ", ")
			undone = append(undone, r.Deployment.Key())
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", r.Deployment.Key(), outcome); err != nil {
			return err
		}
	}
	return errors.Join(putBack(undone), mayNot(left))
}

// removeFrom writes one Deployment and returns what is still there, in the words of people.
func (p *plan) removeFrom(ctx context.Context, r *removal) ([]string, error) {
	ops, err := r.write(time.Now())
	if err != nil {
		return nil, err
	}
	stored, err := p.cluster.Patch(ctx, r.target(), ops)
	if err != nil {
		return nil, err
	}
	return r.Remains(stored)
}

// putBack is the error about Deployments from which something did not go.
func putBack(undone []string) error {
	if len(undone) == 0 {
		return nil
	}
	return fmt.Errorf("not removed from %s: the write was accepted, and admission (Rollguard's or another webhook) put it back; rollguard check says how Rollguard stands", strings.Join(undone, ", "))
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
