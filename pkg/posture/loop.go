package posture

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
)

// term is the time of one replica as the leader.
type term struct {
	*Loop

	queue    priorityqueue.PriorityQueue[string]
	settling *settling
	tally    tally
	// broken is set while admission is known not to work.
	broken atomic.Bool
	// begun is closed when admission was seen to work for the first time.
	begun     chan struct{}
	beginOnce sync.Once
	// troubles say why namespaces could not be looked at. Only the worker uses them.
	troubles map[string]string
}

// The priorities: what just changed goes before the round through all namespaces.
const (
	priorityChanged = 0
	priorityRound   = -100
)

// lead runs until ctx ends.
func (l *Loop) lead(ctx context.Context) {
	l.leading.Lock()
	defer l.leading.Unlock()
	l.Log.Info("leader of the posture loop")
	t := &term{Loop: l, queue: priorityqueue.New[string]("posture"), settling: newSettling(), tally: newTally(), troubles: map[string]string{}, begun: make(chan struct{})}
	l.Cluster.OnChange(t.changed(ctx))
	l.Recorder.Leads(true)
	defer func() {
		l.Cluster.OnChange(nil)
		l.Recorder.Leads(false) // another replica counts from now on
		l.Recorder.Deployments(nil)
		l.Recorder.Unread(0)
	}()
	var parts sync.WaitGroup
	parts.Go(func() { wait.UntilWithContext(ctx, t.round, l.Every) })
	parts.Go(func() {
		t.begin(ctx)
		t.work(ctx)
	})
	if l.Probe != nil {
		parts.Go(func() { l.Probe.Run(ctx, t.works(ctx)) })
	}
	<-ctx.Done()
	t.queue.ShutDown()
	parts.Wait()
}

// works is told whether admission works. When it does again, writes may have slipped
// through, and repairs that came to nothing are worth another try.
func (t *term) works(ctx context.Context) func(bool) {
	return func(works bool) {
		if works {
			t.beginOnce.Do(func() { close(t.begun) })
		}
		if t.broken.Swap(!works) && works {
			t.tally.forgive()
			t.round(ctx)
		}
	}
}

// patience is how long the first success of the probe is waited for.
const patience = 30 * time.Second

// begin waits until admission works, but not for long: a replica that starts publishes its
// certificate first, and what was reported until then would say that Rollguard is not at work.
func (t *term) begin(ctx context.Context) {
	if t.Probe == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-t.begun:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// brokenNow tells whether admission is known not to work, at this moment.
func (t *term) brokenNow(ctx context.Context) bool {
	if t.Probe != nil && !t.broken.Load() {
		t.Probe.Ask(ctx)
	}
	return t.broken.Load()
}

// changed returns at once, as the informers call it.
func (t *term) changed(ctx context.Context) func(string) {
	return func(namespace string) {
		if namespace == "" {
			go t.round(ctx)
			return
		}
		t.settling.changed(namespace, time.Now())
		t.later(namespace, settleTime, priorityChanged)
	}
}

func (t *term) later(namespace string, after time.Duration, priority int) {
	t.queue.AddWithOpts(priorityqueue.AddOpts{After: after, Priority: &priority}, namespace)
}

// round puts all namespaces into the queue, and those that were counted and are not
// enabled any more.
func (t *term) round(ctx context.Context) {
	waitSynced := func(context.Context) (bool, error) { return t.Cluster.Synced(), nil }
	if wait.PollUntilContextCancel(ctx, settleTime, true, waitSynced) != nil {
		return
	}
	names, err := t.Cluster.EnabledNamespaces(ctx)
	if err != nil {
		t.Log.Error("the enabled namespaces cannot be listed", zap.Error(err))
		return
	}
	for _, name := range append(names, t.tally.namespaces()...) {
		t.later(name, 0, priorityRound)
	}
}

func (t *term) work(ctx context.Context) {
	for {
		namespace, priority, down := t.queue.GetWithPriority()
		if down {
			return
		}
		after := t.settling.wait(namespace, time.Now())
		if after == 0 {
			after = t.attempt(ctx, namespace)
		}
		t.queue.Done(namespace)
		if after > settleTime {
			priority = priorityRound // it had its turn
		}
		if after > 0 {
			t.later(namespace, after, priority)
		}
	}
}

// attempt is visit, and says once why it fails: a right that is missing is missing in
// every namespace, for long.
func (t *term) attempt(ctx context.Context, namespace string) time.Duration {
	after, err := t.visit(ctx, namespace)
	switch {
	case err == nil:
		delete(t.troubles, namespace)
		t.Recorder.Unread(len(t.troubles))
		t.Recorder.Deployments(t.tally.sum())
		return after
	case errors.Is(err, ErrNotYet):
		return settleTime
	case ctx.Err() != nil:
		return 0
	case t.troubles[namespace] != err.Error():
		t.troubles[namespace] = err.Error()
		t.Recorder.Unread(len(t.troubles))
		t.Log.Warn("the Deployments of a namespace cannot be looked at", zap.String("namespace", namespace), zap.Error(err))
	}
	return retryAfter
}

// visit looks at one namespace, and says when to do so again, 0 for no sooner than
// something changes. Its own recover keeps a bug here away from admission.
func (t *term) visit(ctx context.Context, namespace string) (after time.Duration, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
			if t.troubles[namespace] != err.Error() {
				t.Log.Error("panic", zap.String("namespace", namespace), zap.Stack("stack"))
			}
		}
	}()
	if t.Excluded(namespace) {
		return 0, nil
	}
	found, err := t.Cluster.Look(ctx, namespace)
	if apierrors.IsNotFound(err) || err == nil && found.Graph == nil {
		t.tally.forget(namespace)
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	v := &survey{term: t, name: namespace, around: found, counts: map[Kind]int{}, notes: map[string]note{}}
	if err := v.read(ctx, ""); err != nil {
		return 0, err
	}
	v.repairRollouts(ctx)
	t.tally.put(namespace, v.counts, v.notes)
	return v.again, nil
}
