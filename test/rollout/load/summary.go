package load

import (
	"encoding/json"
	"fmt"
)

// Summary is what became of the requests of one run. Every request is in exactly one
// class.
type Summary struct {
	Requests int64 `json:"requests"`
	// Dropped are requests that the constant rate asked for and that were never sent,
	// because no user was free. They are no losses of the load balancer, and where there
	// are many, the run says little.
	Dropped int64 `json:"dropped"`
	// Statuses counts whole answers by their HTTP status, or "other".
	Statuses map[string]int64 `json:"statuses"`
	// Errors counts requests without a whole answer by the error code of k6, or "other":
	// 1212 is refused, 1220 reset, 1050 the time-out of k6, 1000 any other.
	Errors map[string]int64 `json:"errors"`
	// Milliseconds are the times of all requests.
	Milliseconds Times `json:"milliseconds"`
}

// Times are quantiles.
type Times struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Lost is how many requests did not get a whole answer with status 200.
func (s *Summary) Lost() int64 { return s.Requests - s.Statuses["200"] }

// parse reads what handleSummary of request.js wrote. It is an error if the classes do
// not add up: then a request was counted twice or not at all.
func parse(text []byte) (Summary, error) {
	var s Summary
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("read the summary of k6: %w", err)
	}
	var sum int64
	for _, classes := range []map[string]int64{s.Statuses, s.Errors} {
		for _, n := range classes {
			sum += n
		}
	}
	if sum != s.Requests {
		return s, fmt.Errorf("k6 sent %d requests, their classes add up to %d", s.Requests, sum)
	}
	return s, nil
}
