package posture

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

type noProbe struct{ Probe }

// noNamespaces is a cluster without any.
type noNamespaces struct{ Cluster }

func (noNamespaces) Synced() bool { return true }

func (noNamespaces) EnabledNamespaces(context.Context) ([]string, error) { return nil, nil }

func TestALeaderLooksWhenAdmissionWorksOrPatienceEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		finds []bool // the n-th after n seconds
		after time.Duration
	}{
		"at once":               {[]bool{true}, 0},
		"a certificate late":    {[]bool{false, false, true, true}, 2 * time.Second},
		"broken from the start": {[]bool{false, false}, patience},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				term := &term{Loop: New(Options{Probe: noProbe{}, Cluster: noNamespaces{}, Log: zap.NewNop()}), tally: newTally(), begun: make(chan struct{})}
				works := term.works(t.Context())
				start := time.Now()
				var looks sync.WaitGroup
				looks.Go(func() {
					for _, found := range tc.finds {
						works(found)
						<-time.After(time.Second)
					}
				})
				term.begin(t.Context())
				if took := time.Since(start); took != tc.after {
					t.Errorf("it began after %s, want %s", took, tc.after)
				}
				looks.Wait()
			})
		})
	}
}
