package hardening

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rollguard/rollguard/test/install"
)

func TestHostileInputTakesNoMemoryAndKeepsNobodyWaiting(t *testing.T) {
	limit, err := install.MemoryLimit()
	if err != nil {
		t.Fatal(err)
	}
	g := start(t)
	var rows []row
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			g.t = t
			g.forget()
			answers := g.attack(c)
			for answer := range answers {
				if !slices.Contains(strings.Split(c.answer, " or "), answer) {
					t.Errorf("%d connections got %q, want %s", answers[answer], answer, c.answer)
				}
			}
			if !g.honest() {
				t.Error("the next honest request was answered, and nothing was completed")
			}
			peak := g.peak()
			if peak >= limit {
				t.Errorf("%d MiB at the peak: a Pod with %d MiB would have been killed", peak>>20, limit>>20)
			}
			t.Logf("%d MiB at the peak; answers %v", peak>>20, answers)
			rows = append(rows, row{hostile: c, peak: peak})
		})
	}
	rows = append(rows, certificateRow(t))
	checkPage(t, rows, limit)
}

// attack has all connections send at once, asks an honest question meanwhile, and counts
// what the senders got.
func (g *target) attack(c hostile) map[string]int {
	g.t.Helper()
	answers, release := make(chan string, c.many), make(chan struct{})
	var sent, senders sync.WaitGroup
	sent.Add(c.many)
	for n := range c.many {
		senders.Go(func() { answers <- g.send(c, n, sent.Done, release) })
	}
	if c.incomplete || c.keeps || c.again > 0 {
		sent.Wait() // all of them are there now, and stay as long as they may
		g.honest()
	}
	if c.ops || c.again > 0 {
		g.alive()
	}
	close(release)
	senders.Wait()
	close(answers)
	out := map[string]int{}
	for a := range answers {
		out[a]++
	}
	return out
}

// send is one connection, of so many. It returns the status that it got.
func (g *target) send(c hostile, number int, sent func(), release <-chan struct{}) string {
	conn, err := g.dial(g.t.Context(), c.ops)
	if err != nil {
		sent()
		return "closed" // the handshake was cut short
	}
	defer conn.Close()
	if c.again > 0 {
		return again(c, conn, number, sent)
	}
	request := c.sends()
	if c.keeps {
		_, _ = conn.Write(request)
		answer := status(conn)
		sent()
		<-release
		return answer
	}
	read := make(chan string, 1)
	go func() { read <- status(conn) }()
	_, _ = conn.Write(request) // a server that has answered need not read it all
	sent()
	return <-read
}

// again asks again and again, and tells the last answer.
func again(c hostile, conn net.Conn, number int, sent func()) string {
	answers, answer := bufio.NewReader(conn), "closed"
	for i := range c.again {
		for part := range slices.Chunk(c.request(number, i), 4<<10) { // bodies of all are on their way at the same time
			_, _ = conn.Write(part)
		}
		resp, err := http.ReadResponse(answers, nil)
		if i == 0 {
			sent()
		}
		if err != nil {
			return answer
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if answer = fmt.Sprint(resp.StatusCode); err != nil || resp.StatusCode != http.StatusOK {
			return answer
		}
	}
	return answer
}

// status waits for an answer.
func status(conn net.Conn) string {
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "closed"
	}
	defer resp.Body.Close()
	return fmt.Sprint(resp.StatusCode)
}

// certificateRow is the case of a caller without a certificate, where one is wanted.
func certificateRow(t *testing.T) row {
	t.Helper()
	c := hostile{name: "no client certificate, or one of another authority, where one is wanted", answer: "closed", protects: "`--client-ca-file`: the handshake fails", many: 200, sends: post([]byte("{}"))}
	limit, err := install.MemoryLimit()
	if err != nil {
		t.Fatal(err)
	}
	r := row{hostile: c}
	t.Run(c.name, func(t *testing.T) {
		g := start(t, "--client-ca-file", world.callers.ca, "--client-name", "kube-apiserver")
		g.forget()
		if answers := g.attack(c); answers["closed"] != c.many {
			t.Errorf("answers %v", answers)
		}
		if _, err := g.foreign(t.Context()); err == nil {
			t.Error("a certificate of another authority is taken")
		}
		if !g.honest() {
			t.Error("the API server, which shows its certificate, gets no answer")
		}
		if r.peak = g.peak(); r.peak >= limit {
			t.Errorf("%d MiB at the peak", r.peak>>20)
		}
	})
	t.Run("a name that is not expected", func(t *testing.T) {
		g := start(t, "--client-ca-file", world.callers.ca, "--client-name", "somebody-else")
		out, err := install.Kubectl(t.Context(), world.plane, []byte(web), "create", "--dry-run=server", "-f", "-")
		if err == nil || !strings.Contains(err.Error(), "failed calling webhook") || !cutOff(err) {
			t.Errorf("the API server is let in under another name: %v %v; %d", out, err, g.addresses.Port)
		}
	})
	return r
}

// cutOff tells whether a server ended a connection for its certificate. The alert may come
// after the client found out by writing.
func cutOff(err error) bool {
	return slices.ContainsFunc([]string{"tls", "broken pipe", "connection reset"}, func(word string) bool { return strings.Contains(err.Error(), word) })
}

// foreign shows the control plane's own client certificate, which is not among those that
// may call.
func (g *target) foreign(ctx context.Context) (string, error) {
	config := world.plane.RESTConfig()
	pair, err := tls.X509KeyPair(config.CertData, config.KeyData)
	if err != nil {
		return "", err
	}
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{pair}}}
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", g.addresses.Port))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.Write(post([]byte("{}"))()); err != nil {
		return "", err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	return resp.Status, nil
}
