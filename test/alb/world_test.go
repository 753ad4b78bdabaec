package alb

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/alb/manualclock"
)

// world is a load balancer on loopback whose lags a test turns by hand.
type world struct {
	t       *testing.T
	alb     *ALB
	clock   *manualclock.Clock
	journal *Journal
	log     *safeBuffer
	url     string
}

// newWorld has one node, which acts on every change after 10 s, unless change says
// otherwise.
func newWorld(t *testing.T, change func(*Options)) *world {
	t.Helper()
	clock := manualclock.New(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	log := &safeBuffer{}
	o := Options{
		Parameters: Defaults(), Clock: clock, Journal: NewJournal(log, clock),
		TargetGroup: TargetGroup{
			Path: "/__health", Codes: Codes{{200, 200}}, Interval: 15 * time.Second, Timeout: 5 * time.Second,
			HealthyThreshold: 2, UnhealthyThreshold: 2, DeregistrationDelay: 300 * time.Second,
		},
	}
	o.Parameters.Nodes, o.Parameters.Propagation = 1, Exactly(10*time.Second)
	if change != nil {
		change(&o)
	}
	w := &world{t: t, alb: New(o), clock: clock, journal: o.Journal, log: log}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.url = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.alb.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return w
}

// healthy registers a target and turns the clock until it gets requests.
func (w *world) healthy(address string) {
	w.t.Helper()
	w.alb.Register(address, "pod")
	w.clock.Advance(25 * time.Second) // propagation and one interval
	if s := w.alb.State(address); s != Healthy {
		w.t.Fatalf("target %s is %s", address, s)
	}
}

// get returns the status, and the body or the error.
func (w *world) get() (int, string) {
	w.t.Helper()
	return w.try(newClient(w.t))
}

func newClient(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (w *world) try(client *http.Client) (int, string) {
	resp, err := client.Get(w.url + "/test")
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, err.Error()
	}
	return resp.StatusCode, strings.TrimSpace(string(body))
}

// want checks an answer, and that the journal has the same reason.
func (w *world) want(status int, body string, reason Reason) {
	w.t.Helper()
	gotStatus, gotBody := w.get()
	if gotStatus != status || gotBody != body {
		w.t.Errorf("got %d %q, want %d %q", gotStatus, gotBody, status, body)
	}
	w.counted(status, reason)
}

// counted checks that the last second has one response, of this outcome.
func (w *world) counted(status int, reason Reason) {
	w.t.Helper()
	w.journal.Flush()
	events := w.events()
	last := events[len(events)-1]
	if last.Type != "second" || len(last.Responses) != 1 || last.Responses[0].Count != 1 {
		w.t.Fatalf("the journal ends with %+v, want one response", last)
	}
	if got := last.Responses[0]; got.Status != status || got.Reason != reason {
		w.t.Errorf("the journal says %d %q, want %d %q", got.Status, got.Reason, status, reason)
	}
}

// events are the lines of the journal.
func (w *world) events() []Event {
	w.t.Helper()
	var all []Event
	for _, line := range strings.Split(strings.TrimSpace(w.log.String()), "\n") {
		var e Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			w.t.Fatalf("%s: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

// after returns how long after the start a target, as this node sees it, first was in
// a state; node 0 is the target group.
func (w *world) after(node int, address string, s State) time.Duration {
	w.t.Helper()
	events := w.events()
	for _, e := range events {
		if e.Type == "target" && e.Node == node && e.Target == address && e.State == s {
			return e.Time.Sub(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		}
	}
	w.t.Fatalf("node %d: target %s was never %s in %+v", node, address, s, events)
	return 0
}

// safeBuffer may be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
