// Package tally is what one process of the application says that it served.
package tally

import "time"

// Tally is the line that a process ends with, and its answer on /__tally while it runs.
type Tally struct {
	// Host is the name of the Pod.
	Host    string    `json:"host"`
	Started time.Time `json:"started"`
	// Listening is missing when the process ended before its start-up had passed, and
	// Terminated when it ended without a signal.
	Listening *time.Time `json:"listening,omitempty"`
	// Probed is when kubelet had its first answer, of whichever probe came first.
	Probed     *time.Time `json:"probed,omitempty"`
	Terminated *time.Time `json:"terminated,omitempty"`
	// Ended is when the tally was taken.
	Ended time.Time `json:"ended"`
	// Health and Served count whole answers on /__health and /test, NotFound those on
	// other paths. Probes are the answers on /test that kubelet asked for; they are not
	// in Served.
	Health   int64 `json:"health"`
	Served   int64 `json:"served"`
	Probes   int64 `json:"probes"`
	NotFound int64 `json:"notFound"`
	// InFlight are the requests that are being worked on; Aborted the same at the end,
	// when they get no answer any more. Left are those whose client went away first.
	InFlight int64 `json:"inFlight"`
	Aborted  int64 `json:"aborted"`
	Left     int64 `json:"left"`
}
