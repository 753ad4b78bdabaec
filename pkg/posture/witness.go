package posture

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
)

// sighting names a Deployment that this replica was asked about.
type sighting struct{ namespace, name string }

// sightings are those that are to be looked at, and when they were first seen.
type sightings struct {
	mu   sync.Mutex
	seen map[sighting]time.Time
}

const (
	// sightingSettles is how long a write gets to be stored, and its sisters to follow.
	sightingSettles = 2 * time.Second
	// maxSightings bounds what is kept: what is too much, the leader finds on its round.
	maxSightings = 500
)

func newSightings() *sightings { return &sightings{seen: map[sighting]time.Time{}} }

func (s *sightings) add(x sighting, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.seen[x]; !known && len(s.seen) < maxSightings {
		// The strings may be part of a request that is long to be forgotten.
		s.seen[sighting{strings.Clone(x.namespace), strings.Clone(x.name)}] = now
	}
}

// due takes those that have settled.
func (s *sightings) due(now time.Time) []sighting {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []sighting
	for x, at := range s.seen {
		if now.Sub(at) >= sightingSettles {
			out = append(out, x)
			delete(s.seen, x)
		}
	}
	return out
}

// Admitted takes a decision about a write that was answered, and no dry run. Where it leaves
// something to report, the Deployment is looked at once it is stored: the author was warned,
// but a warning is gone with its terminal. Each replica does so for what it answered, as the
// leader may have heard nothing of it, and the name of an Event keeps two from writing it twice.
// It returns at once.
func (l *Loop) Admitted(namespace string, d *decision.Decision) {
	unsafe := slices.ContainsFunc(d.Findings, func(f policy.Finding) bool { return f.Outcome == policy.AtRisk })
	if unsafe || d.Mode == api.Audit && len(d.Changes) > 0 {
		l.sightings.add(sighting{namespace, d.Name}, time.Now())
	}
}

// witness looks at what was admitted, until ctx ends.
func (l *Loop) witness(ctx context.Context) {
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		for _, x := range l.sightings.due(time.Now()) {
			if ctx.Err() != nil {
				return
			}
			l.revisit(ctx, x)
		}
	}, settleTime)
}

// revisit reports one Deployment. What fails is left to the leader's round.
func (l *Loop) revisit(ctx context.Context, x sighting) {
	defer func() {
		if cause := recover(); cause != nil {
			l.Log.Error("panic", zap.String("namespace", x.namespace), zap.Any("cause", cause), zap.Stack("stack"))
		}
	}()
	if l.Excluded(x.namespace) {
		return
	}
	found, err := l.Cluster.Look(ctx, x.namespace)
	switch {
	case errors.Is(err, ErrNotYet):
		l.sightings.add(x, time.Now())
	case err == nil && found.Graph != nil:
		// Nothing is remembered: a Deployment that is written again and again is looked at as often.
		v := &survey{term: &term{Loop: l, tally: newTally()}, name: x.namespace, around: found, witnessed: true, counts: map[Kind]int{}, notes: map[string]note{}}
		err = v.read(ctx, x.name)
	}
	if err != nil {
		l.Log.Debug("a Deployment that was written cannot be looked at", zap.String("namespace", x.namespace), zap.String("name", x.name), zap.Error(err))
	}
}
