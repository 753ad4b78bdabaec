package alb

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConnectionsToTargetsAreKept(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	for range 3 {
		w.want(200, "ok", "") // each from a client of its own
	}
	if n := b.connections.Load(); n != 1 {
		t.Errorf("the target got %d connections, want 1", n)
	}
}

// http.Transport sends such a request again by itself; an ALB does not.
func TestNoRequestIsSentASecondTime(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, func(c *net.TCPConn, n int) bool {
		return n == 1 && answerOK(c, n) // the second request finds the connection closed
	})
	w.healthy(b.address)
	w.want(200, "ok", "")
	w.want(502, "502 closed", Closed)
	if got := b.requests.Load(); got != 2 {
		t.Errorf("the target got %d requests, want 2", got)
	}
	if got := b.connections.Load(); got != 1 {
		t.Errorf("the target got %d connections, want 1", got)
	}
}

// This is what the test above guards against: with the same target, the transport of
// the standard library hides the loss.
func TestTheStandardTransportWouldSendItAgain(t *testing.T) {
	b := newBackend(t, func(c *net.TCPConn, n int) bool { return n == 1 && answerOK(c, n) })
	client := newClient(t)
	for range 2 {
		resp, err := client.Get("http://" + b.address + "/test")
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if got := b.requests.Load(); got != 3 {
		t.Errorf("the target got %d requests, want 3, the second of them twice", got)
	}
}

func TestAConnectionThatTheTargetHasClosedIsNotUsed(t *testing.T) {
	w := newWorld(t, nil)
	closed := make(chan struct{}, 2)
	b := newBackend(t, func(c *net.TCPConn, n int) bool {
		answerOK(c, n)
		c.Close() // without saying so: the load balancer keeps its end
		closed <- struct{}{}
		return false
	})
	w.healthy(b.address)
	for range 2 {
		w.want(200, "ok", "")
		<-closed
	}
	if n := b.connections.Load(); n != 2 {
		t.Errorf("the target got %d connections, want 2", n)
	}
}

func TestAConnectionThatTheTargetAnnouncesToCloseIsNotKept(t *testing.T) {
	w := newWorld(t, nil)
	b := newBackend(t, func(c *net.TCPConn, _ int) bool {
		return write(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
	})
	w.healthy(b.address)
	w.want(200, "ok", "")
	w.want(200, "ok", "")
	if n := b.connections.Load(); n != 2 {
		t.Errorf("the target got %d connections, want 2", n)
	}
}

func TestRequestsAndAnswersPassUnchanged(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["Content-Type"] = nil
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, r.RequestURI, r.Host, r.Header.Get("X-Own"), r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto")))
		w.WriteHeader(http.StatusCreated)
		w.Write(body)
		w.(http.Flusher).Flush() // an answer in chunks
		w.Write(body)
	}))
	defer target.Close()
	w := newWorld(t, func(o *Options) { o.TargetGroup.Codes = Codes{{200, 299}} })
	w.healthy(target.Listener.Addr().String())
	body := strings.Repeat("0123456789", 10000)
	req, err := http.NewRequest(http.MethodPost, w.url+"/test?a=b%20c", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "shop.example"
	req.Header.Set("X-Own", "yes")
	resp, err := newClient(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || string(got) != body+body || resp.StatusCode != http.StatusCreated {
		t.Errorf("status %d, %d bytes, %v", resp.StatusCode, len(got), err)
	}
	if kind, ok := resp.Header["Content-Type"]; ok {
		t.Errorf("content type %q, which the target did not send", kind)
	}
	if want := "POST/test?a=b%20cshop.exampleyes127.0.0.1http"; resp.Header.Get("X-Seen") != want {
		t.Errorf("the target saw %q, want %q", resp.Header.Get("X-Seen"), want)
	}
}

func TestAThousandConnectionsAreServedByEveryNode(t *testing.T) {
	const connections, each = 1000, 3
	w := newWorld(t, func(o *Options) { o.Parameters.Nodes = 3 })
	b := newBackend(t, answerOK)
	w.healthy(b.address)
	var group sync.WaitGroup
	failed := make(chan error, connections)
	for range connections {
		group.Go(func() { failed <- requests(t.Context(), w.url[len("http://"):], each) })
	}
	group.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.journal.Flush()
	events := w.events()
	last := events[len(events)-1].Responses
	if len(last) != 1 || last[0].Status != 200 || last[0].Count != connections*each {
		t.Errorf("counted %+v, want %d of 200", last, connections*each)
	}
	if got := b.requests.Load(); got != connections*each {
		t.Errorf("the target got %d requests, want %d", got, connections*each)
	}
	for _, n := range w.alb.nodes {
		if got := n.next.Load(); got != connections/3*each && got != (connections/3+1)*each {
			t.Errorf("node %d got %d requests, want a third of %d", n.id, got, connections*each)
		}
	}
}

// requests sends some requests on one connection.
func requests(ctx context.Context, address string, n int) error {
	c, err := (&net.Dialer{Timeout: time.Minute}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	reader := bufio.NewReader(c)
	for range n {
		if _, err := io.WriteString(c, "GET /test HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			return err
		}
		resp, err := http.ReadResponse(reader, nil)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", resp.StatusCode)
		}
	}
	return nil
}
