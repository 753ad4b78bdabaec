package alb

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Event is one line of the journal.
type Event struct {
	Time time.Time `json:"time"`
	// Type is "start", "target", "controller" or "second".
	Type string `json:"type"`
	// Target is the address, Pod its name where there is one. Node is the node that
	// changed its view, 0 where the target group as a whole did.
	Target string `json:"target,omitempty"`
	Pod    string `json:"pod,omitempty"`
	Node   int    `json:"node,omitempty"`
	State  State  `json:"state,omitempty"`
	// Text is what the controller did.
	Text string `json:"text,omitempty"`
	// Responses are those of one second.
	Responses []Responses `json:"responses,omitempty"`
	// Start has what the run was made with.
	Start any `json:"start,omitempty"`
}

// Responses counts what clients got in one second.
type Responses struct {
	Outcome
	Count int64 `json:"count"`
}

// Outcome is how one request ended.
type Outcome struct {
	// Status is what the client got or, for a client that left, would have been logged.
	Status int `json:"status"`
	// Reason is empty when the target gave a whole answer.
	Reason Reason `json:"reason,omitempty"`
	// Partial says that the target failed after the status had gone out, so that the
	// client saw a broken answer.
	Partial bool `json:"partial,omitempty"`
	// Target is empty when there was none.
	Target string `json:"target,omitempty"`
}

// Journal writes events as lines of JSON and counts the responses of each second. It
// may be used from several goroutines.
type Journal struct {
	clock Clock

	mu     sync.Mutex
	out    *json.Encoder
	err    error
	counts map[Outcome]int64
}

// Compare orders responses by status, reason and target.
func Compare(a, b Responses) int {
	return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Target, b.Target))
}

// NewJournal writes to out.
func NewJournal(out io.Writer, clock Clock) *Journal {
	return &Journal{clock: clock, out: json.NewEncoder(out), counts: map[Outcome]int64{}}
}

// Write adds an event, at the time of the clock.
func (j *Journal) Write(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.write(e)
}

func (j *Journal) write(e Event) {
	e.Time = j.clock.Now().UTC()
	if err := j.out.Encode(e); err != nil && j.err == nil {
		j.err = fmt.Errorf("write the journal: %w", err)
	}
}

// Err returns the first error of writing: a journal with a hole proves nothing.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// count adds one response.
func (j *Journal) count(o Outcome) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.counts[o]++
}

// Flush writes what was counted since the last time, if anything was.
func (j *Journal) Flush() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.counts) == 0 {
		return
	}
	var all []Responses
	for o, n := range j.counts {
		all = append(all, Responses{Outcome: o, Count: n})
	}
	slices.SortFunc(all, Compare)
	clear(j.counts)
	j.write(Event{Type: "second", Responses: all})
}
