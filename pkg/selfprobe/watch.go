package selfprobe

import (
	"context"
	"sync"
	"time"
)

// Watch looks again and again. The exported fields are required. Make one with [NewWatch].
type Watch struct {
	Prober

	// Every is the time between two looks while all is well.
	Every time.Duration
	// Identity is this replica's name.
	Identity string
	// Found is called after each look.
	Found func(Finding)
	// Tell is called after Found when there is news.
	Tell func(News, Finding)
	// Failed is called when an Event cannot be written.
	Failed func(error)
	// Blind is called when changes of the webhook configuration cannot be watched.
	Blind func(error)

	// asks are answered, by being closed, when a look is over.
	asks chan chan struct{}
}

// NewWatch takes the exported fields of a watch.
func NewWatch(w Watch) *Watch {
	w.asks = make(chan chan struct{})
	return &w
}

const (
	// againAfter is when to look again after a look that did not find all well, unless Every
	// is sooner: what is waited for is the end of an outage, or of our own start. So long,
	// too, a look is good enough for who asks.
	againAfter = 5 * time.Second
	// changeSettles is how long a changed configuration is left alone: API servers take a
	// moment to call as it says, and who changes it often changes it again.
	changeSettles = time.Second
)

// Run blocks until ctx ends. It must not run twice at a time.
func (w *Watch) Run(ctx context.Context) {
	changed := make(chan struct{}, 1)
	var following sync.WaitGroup
	defer following.Wait()
	following.Go(func() {
		w.follow(ctx, func() {
			select {
			case changed <- struct{}{}:
			default:
			}
		}, w.Blind)
	})
	timer := time.NewTimer(0)
	defer timer.Stop()
	t := teller{Watch: w, episode: episode{since: time.Now()}}
	for {
		var asked chan struct{}
		select {
		case <-ctx.Done():
			return
		case <-changed:
			if !t.changed {
				t.changed = true
				timer.Reset(min(t.Every, changeSettles))
			}
			continue
		case asked = <-w.asks:
		case <-timer.C:
		}
		if asked == nil || t.old(time.Now()) {
			timer.Reset(t.look(ctx))
		}
		if asked != nil {
			close(asked)
		}
	}
}

// Ask looks at once, unless the last look was a moment ago and nothing has changed since.
// It returns when that look is over and Found was called, or when ctx ends. [Watch.Run]
// must be running.
func (w *Watch) Ask(ctx context.Context) {
	asked := make(chan struct{})
	select {
	case w.asks <- asked:
	case <-ctx.Done():
		return
	}
	select {
	case <-asked:
	case <-ctx.Done():
	}
}

// freshness is what is known of the age of the last look.
type freshness struct {
	looked time.Time
	// changed is set when the configuration has changed since.
	changed bool
}

// old tells whether somebody who asks is to have a new look.
func (f *freshness) old(now time.Time) bool {
	return f.changed || now.Sub(f.looked) >= againAfter
}

// look looks once, and says when to look again. After a change of the configuration that is
// soon, as not all API servers may have learnt of it.
func (t *teller) look(ctx context.Context) time.Duration {
	after := t.changed
	t.changed = false
	found := t.Look(ctx)
	t.looked = time.Now()
	if ctx.Err() != nil {
		return t.Every
	}
	t.Found(found)
	t.tell(ctx, found)
	if found.Status == OK && !after {
		return t.Every
	}
	return min(t.Every, againAfter)
}
