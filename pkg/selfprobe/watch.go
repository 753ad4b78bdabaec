package selfprobe

import (
	"context"
	"time"
)

// Watch looks again and again. All fields are required.
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
}

// againAfter is when to look again after a look that did not find all well, unless Every
// is sooner: what is waited for is the end of an outage, or of our own start.
const againAfter = 5 * time.Second

// Run blocks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	t := teller{Watch: w, episode: episode{since: time.Now()}}
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(t.look(ctx))
	}
}

// look looks once, and says when to look again.
func (t *teller) look(ctx context.Context) time.Duration {
	found := t.Look(ctx)
	if ctx.Err() != nil {
		return t.Every
	}
	t.Found(found)
	t.tell(ctx, found)
	if found.Status == OK {
		return t.Every
	}
	return min(t.Every, againAfter)
}
