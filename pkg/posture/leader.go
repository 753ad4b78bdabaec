package posture

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/zapr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// The times of the election are those of Kubernetes' own controllers. A leader that
// ends gives the Lease back, so that the next one need not wait.
const (
	leaseDuration = 15 * time.Second
	renewDeadline = 10 * time.Second
	retryPeriod   = 2 * time.Second
)

// Start runs the loop while this replica is the leader, and waits to become it again
// when it is not. It blocks until ctx ends. Losing the Lease stops the loop, not the
// webhook. Leader or not, it looks at what was [Loop.Admitted].
func (l *Loop) Start(ctx context.Context) error {
	var witness sync.WaitGroup
	witness.Go(func() { l.witness(ctx) })
	defer witness.Wait()
	ctx = logr.NewContext(ctx, zapr.NewLogger(untilEnd(ctx, l.Log))) // client-go logs to the one in its context
	for ctx.Err() == nil {
		elector, err := l.elector()
		if err != nil {
			return fmt.Errorf("leader election: %w", err)
		}
		elector.Run(ctx)
	}
	l.leading.Lock() // until the last term is over
	defer l.leading.Unlock()
	return nil
}

func (l *Loop) elector() (*leaderelection.LeaderElector, error) {
	return leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Name: l.Lease,
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Namespace: l.Namespace, Name: l.Lease},
			Client:     l.Clients.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: l.Identity},
		},
		LeaseDuration:   leaseDuration,
		RenewDeadline:   renewDeadline,
		RetryPeriod:     retryPeriod,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: l.lead,
			OnStoppedLeading: func() { l.Log.Debug("not the leader of the posture loop") },
		},
	})
}
