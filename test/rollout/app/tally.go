package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// Tally is what one process served: the line that it ends with, and its answer on
// /__tally while it runs.
type Tally struct {
	// Host is the name of the Pod.
	Host    string    `json:"host"`
	Started time.Time `json:"started"`
	// Listening is missing when the process ended before its start-up had passed, and
	// Terminated when it ended without a signal.
	Listening  *time.Time `json:"listening,omitempty"`
	Terminated *time.Time `json:"terminated,omitempty"`
	// Ended is when the tally was taken.
	Ended time.Time `json:"ended"`
	// Health and Served count whole answers on /__health and /test, NotFound those on
	// other paths.
	Health   int64 `json:"health"`
	Served   int64 `json:"served"`
	NotFound int64 `json:"notFound"`
	// InFlight are the requests that are being worked on; Aborted the same at the end,
	// when they get no answer any more. Left are those whose client went away first.
	InFlight int64 `json:"inFlight"`
	Aborted  int64 `json:"aborted"`
	Left     int64 `json:"left"`
}

// counters are written by the handlers while the server runs.
type counters struct {
	health, served, notFound, left, inFlight atomic.Int64
}

// write ends the tally: what is in flight now gets no answer.
func (c *counters) write(out io.Writer, t Tally) error {
	t = c.fill(t)
	t.InFlight, t.Aborted = 0, t.InFlight
	if err := json.NewEncoder(out).Encode(t); err != nil {
		return fmt.Errorf("write the tally: %w", err)
	}
	return nil
}

func (c *counters) fill(t Tally) Tally {
	t.Host, _ = os.Hostname() // an empty name tells as much as an error
	t.Ended = time.Now()
	t.Health, t.Served, t.NotFound = c.health.Load(), c.served.Load(), c.notFound.Load()
	t.InFlight, t.Left = c.inFlight.Load(), c.left.Load()
	return t
}
