package load

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/kube"
)

// k6 builds the program, where it is not there yet.
func k6(t *testing.T) string {
	t.Helper()
	binaries, err := kube.EnsureBinaries(t.Context(), t.Output(), "k6")
	if err != nil {
		t.Fatal(err)
	}
	return binaries["k6"]
}

// faulty answers in turn with 200, 502, a reset and half an answer, and counts.
type faulty struct{ requests, whole, bad, reset, half atomic.Int64 }

func (f *faulty) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	switch f.requests.Add(1) % 8 {
	case 1:
		f.bad.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	case 2:
		f.reset.Add(1)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			// Not before a byte of an answer: k6, too, would send the request again.
			conn.Write([]byte("HTTP/1.1 "))
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	case 3:
		f.half.Add(1)
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("half"))
	default:
		f.whole.Add(1)
		w.Write([]byte("ok"))
	}
}

func (f *faulty) check(t *testing.T, s Summary) {
	t.Helper()
	if s.Requests == 0 || s.Requests != f.requests.Load() || s.Statuses["200"] != f.whole.Load() || s.Statuses["502"] != f.bad.Load() {
		t.Errorf("k6 counts %+v, the server %d whole and %d bad of %d", s, f.whole.Load(), f.bad.Load(), f.requests.Load())
	}
	var errors int64
	for _, n := range s.Errors {
		errors += n
	}
	if want := f.reset.Load() + f.half.Load(); errors != want {
		t.Errorf("k6 counts the errors %v, the server made %d", s.Errors, want)
	}
	if want := f.requests.Load() - f.whole.Load(); s.Lost() != want {
		t.Errorf("lost %d, want %d", s.Lost(), want)
	}
}

func TestAConstantRateIsSentAndEveryRequestCounted(t *testing.T) {
	f := &faulty{}
	server := httptest.NewServer(f)
	defer server.Close()
	s, err := Constant{Rate: 200, Duration: 2 * time.Second, Users: 50}.Run(t.Context(), K6{Path: k6(t), Target: server.URL + "/test", Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	f.check(t, s)
	if sent := s.Requests + s.Dropped; sent < 395 || sent > 405 {
		t.Errorf("%d requests, want 200 a second for 2 s", sent)
	}
}

func TestARampHoldsUntilTold(t *testing.T) {
	f := &faulty{}
	told := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.ServeHTTP(w, r)
		if f.requests.Load() == 2000 {
			close(told)
		}
	}))
	defer server.Close()
	ramp := Ramp{Users: 20, Up: 500 * time.Millisecond, Down: 500 * time.Millisecond}
	s, err := ramp.Run(t.Context(), K6{Path: k6(t), Target: server.URL + "/test", Log: t.Output()}, told)
	if err != nil {
		t.Fatal(err)
	}
	f.check(t, s)
	if s.Requests < 2000 {
		t.Errorf("%d requests: it ended before it was told", s.Requests)
	}
}

func TestARefusedConnectionIsAnError(t *testing.T) {
	s, err := Constant{Rate: 20, Duration: time.Second, Users: 5}.Run(t.Context(), K6{Path: k6(t), Target: "http://127.0.0.1:1/test", Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	if s.Errors["1212"] != s.Requests || s.Lost() != s.Requests || s.Requests == 0 {
		t.Errorf("got %+v, want only errors 1212", s)
	}
}

func TestARampEndsWhenItsContextDoes(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	asked := make(chan struct{}, 1)
	server.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case asked <- struct{}{}:
			cancel()
		default:
		}
	})
	_, err := Ramp{Users: 2}.Run(ctx, K6{Path: k6(t), Target: server.URL, Log: t.Output()}, nil)
	if err == nil {
		t.Error("it ended as if it had been told")
	}
}

func TestASummaryWhoseClassesDoNotAddUpIsAnError(t *testing.T) {
	for text, says := range map[string]string{
		`{"requests": 3, "statuses": {"200": 1}, "errors": {"1212": 1}}`: "add up to 2",
		`{"requests": `: "read the summary",
	} {
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want an error with %q", text, err, says)
		}
	}
}
