package bench

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// Latency is what a client saw of one entry.
type Latency struct {
	Entry    *Entry
	P50, P99 time.Duration
}

// warmUp are the requests of every entry that are not counted.
const warmUp = 100

// Drive posts so many requests for every entry, one after the other and the entries
// in turn, over one connection for each that is kept open.
func Drive(server *Server, entries []Entry, requests int) ([]Latency, error) {
	times := make([][]time.Duration, len(entries))
	clients := make([]*http.Client, len(entries))
	for i := range entries {
		clients[i] = newClient(server)
		defer clients[i].CloseIdleConnections()
	}
	for n := range warmUp + requests {
		for i := range entries {
			took, err := post(clients[i], server.url(&entries[i]), entries[i].Review)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", &entries[i], err)
			}
			if n >= warmUp {
				times[i] = append(times[i], took)
			}
		}
	}
	out := make([]Latency, len(entries))
	for i := range entries {
		out[i] = Latency{Entry: &entries[i], P50: percentile(times[i], 50), P99: percentile(times[i], 99)}
	}
	return out, nil
}

// newClient speaks HTTP/1.1, which Go does whenever the TLS settings are not its own.
func newClient(server *Server) *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: server.Roots},
		MaxIdleConnsPerHost: 1,
	}}
}

// post takes the time until the answer is read.
func post(client *http.Client, url string, review []byte) (took time.Duration, err error) {
	start := time.Now()
	resp, err := client.Post(url, "application/json", bytes.NewReader(review))
	if err != nil {
		return 0, fmt.Errorf("post: %w", err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	took = time.Since(start)
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 1 || resp.TLS == nil || resp.TLS.Version != tls.VersionTLS13 {
		return 0, fmt.Errorf("status %s over %s, want 200 over HTTP/1.1 and TLS 1.3", resp.Status, resp.Proto)
	}
	return took, nil
}

func percentile(times []time.Duration, percent int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[min(len(times)*percent/100, len(times)-1)]
}
