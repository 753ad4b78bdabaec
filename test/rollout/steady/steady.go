package steady

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Load is what is sent.
type Load struct {
	URL string
	// Rate is in requests a second.
	Rate int
	// Timeout is how long an answer may take.
	Timeout time.Duration
	// Good tells which statuses are no loss; nil means 200 to 399.
	Good func(status int) bool
}

// Second is what became of the requests that were sent in one second.
type Second struct {
	At   time.Time
	OK   int64
	Lost map[string]int64 // by status or error
}

// Counts are all of them, in order. They may be read when Run has returned.
type Counts struct {
	mu      sync.Mutex
	begun   time.Time
	seconds []Second
}

// inFlight bounds the requests that wait for an answer; more are counted as lost.
const inFlight = 20_000

// Run sends until ctx is done, waits for the answers that are outstanding, and returns
// the counts.
func (l *Load) Run(ctx context.Context) (*Counts, error) {
	if l.Rate < 1 {
		return nil, fmt.Errorf("rate %d: at least one request a second", l.Rate)
	}
	client := l.client()
	defer client.CloseIdleConnections()
	c := &Counts{begun: time.Now()}
	slots := make(chan struct{}, inFlight)
	var group sync.WaitGroup
	defer group.Wait()
	// Each request has its time; who comes late sends what is due at once.
	every := time.Second / time.Duration(l.Rate)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for next := c.begun; ; next = next.Add(every) {
		timer.Reset(time.Until(next))
		select {
		case <-ctx.Done():
			group.Wait()
			return c, nil
		case <-timer.C:
		}
		select {
		case slots <- struct{}{}:
		default:
			c.add(next, "no answer to so many requests that no more are sent")
			continue
		}
		group.Go(func() {
			c.add(next, l.send(client))
			<-slots
		})
	}
}

// Once sends one request, and returns what was wrong with it, nothing if nothing was.
func (l *Load) Once() string {
	client := l.client()
	defer client.CloseIdleConnections()
	return l.send(client)
}

func (l *Load) client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.MaxIdleConns, transport.IdleConnTimeout = l.Rate, 0, 30*time.Second
	transport.ForceAttemptHTTP2 = false
	return &http.Client{
		Transport: transport, Timeout: l.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// send returns what was wrong, nothing if nothing was.
func (l *Load) send(client *http.Client) string {
	// With a body that it cannot get again, the transport sends no request twice
	// (net/http, Transport: "retries ... if the request ... has no body or has its
	// Request.GetBody defined"). It reads to its end at once, so that none goes out.
	req, err := http.NewRequest(http.MethodGet, l.URL, io.NopCloser(strings.NewReader("")))
	if err != nil {
		return err.Error()
	}
	resp, err := client.Do(req)
	if err != nil {
		return reason(err)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	good := l.Good
	if good == nil {
		good = func(status int) bool { return status >= 200 && status < 400 }
	}
	switch {
	case err != nil:
		return reason(err) + ", half an answer"
	case !good(resp.StatusCode):
		return fmt.Sprint(resp.StatusCode)
	}
	return ""
}

// reason names an error in words that do not differ from request to request.
func reason(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.As(err, &network) && network.Timeout():
		return "time-out"
	}
	return "no connection"
}

func (c *Counts) add(at time.Time, lost string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := int(at.Sub(c.begun) / time.Second)
	for len(c.seconds) <= i {
		c.seconds = append(c.seconds, Second{At: c.begun.Add(time.Duration(len(c.seconds)) * time.Second), Lost: map[string]int64{}})
	}
	if lost == "" {
		c.seconds[i].OK++
		return
	}
	c.seconds[i].Lost[lost]++
}

// Seconds are the counts so far.
func (c *Counts) Seconds() []Second {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seconds
}

// Total is how many were sent, and what was lost.
func (c *Counts) Total() (all int64, lost map[string]int64) {
	lost = map[string]int64{}
	for _, s := range c.Seconds() {
		all += s.OK
		for why, n := range s.Lost {
			all += n
			lost[why] += n
		}
	}
	return all, lost
}
