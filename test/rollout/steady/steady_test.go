package steady

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// run sends until the server has had n requests.
func run(t *testing.T, n int64, handler http.HandlerFunc) *Counts {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var had atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if had.Add(1) == n {
			cancel()
		}
		handler(w, r)
	}))
	defer server.Close()
	l := Load{URL: server.URL, Rate: 200, Timeout: 10 * time.Second}
	c, err := l.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if all, _ := c.Total(); all != had.Load() {
		t.Errorf("%d requests are counted, the server had %d", all, had.Load())
	}
	return c
}

func TestEveryRequestIsCountedByWhatBecameOfIt(t *testing.T) {
	var n atomic.Int64
	c := run(t, 200, func(w http.ResponseWriter, _ *http.Request) {
		switch n.Add(1) % 4 {
		case 0:
			w.WriteHeader(http.StatusBadGateway)
		case 1:
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("half"))
		case 2:
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		}
	})
	all, lost := c.Total()
	want := map[string]int64{"502": n.Load() / 4, "connection closed, half an answer": (n.Load() + 3) / 4}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Errorf("lost of %d (-, +):\n%s", all, diff)
	}
}

func TestNoRequestIsSentTwice(t *testing.T) {
	// The server closes each connection when the second request comes on it, unread: just
	// what Go's client would hide by sending it again.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var answered, broken atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buffer := make([]byte, 4096)
				for second := false; ; second = true {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
					if second {
						if broken.Add(1) == 20 {
							cancel()
						}
						return
					}
					answered.Add(1)
					conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
				}
			}()
		}
	}()
	l := Load{URL: "http://" + listener.Addr().String(), Rate: 100, Timeout: 5 * time.Second}
	c, err := l.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all, lost := c.Total()
	var n int64
	for _, k := range lost {
		n += k
	}
	if n != broken.Load() || all != answered.Load()+broken.Load() {
		t.Errorf("%d requests, lost %v; the server answered %d and broke %d", all, lost, answered.Load(), broken.Load())
	}
}

func TestARefusedConnectionIsALoss(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	l := Load{URL: "http://127.0.0.1:1/", Rate: 50, Timeout: time.Second}
	c, err := l.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if all, lost := c.Total(); all == 0 || lost["connection refused"] != all {
		t.Errorf("%d requests, lost %v", all, lost)
	}
}
