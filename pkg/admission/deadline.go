package admission

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"
)

// assumedTimeout is that of an API server that does not say: the default of
// timeoutSeconds (Kubernetes admissionregistration/v1).
const assumedTimeout = 10 * time.Second

// deadline is a context that ends when the API server has given up, or a little before.
// Making a timer for each request would cost more than most requests wait for, which is
// nothing; so it is made when somebody asks for Done.
type deadline struct {
	context.Context // the request's

	at    time.Time
	mu    sync.Mutex
	timed context.Context
	stop  context.CancelFunc
}

// within reads the parameter "timeout", with which API servers say how long they wait
// (apiserver pkg/admission/plugin/webhook/mutating/dispatcher.go).
func within(ctx context.Context, u *url.URL, now time.Time) *deadline {
	wait := assumedTimeout
	for rest := u.RawQuery; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		text, ok := strings.CutPrefix(pair, "timeout=")
		if !ok {
			continue
		}
		if asked, err := time.ParseDuration(text); err == nil && asked > 0 {
			wait = min(asked, 3*assumedTimeout) // what the API allows at most
		}
	}
	return &deadline{Context: ctx, at: now.Add(wait - wait/10)} // the answer has to get there
}

// Deadline implements [context.Context].
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

// Done implements [context.Context].
func (d *deadline) Done() <-chan struct{} { return d.started().Done() }

// Err implements [context.Context].
func (d *deadline) Err() error {
	if err := d.Context.Err(); err != nil {
		return err
	}
	if time.Now().After(d.at) {
		return context.DeadlineExceeded
	}
	return nil
}

func (d *deadline) started() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.stop = context.WithDeadline(d.Context, d.at)
	}
	return d.timed
}

// end frees the timer, if there is one.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop != nil {
		d.stop()
	}
}
