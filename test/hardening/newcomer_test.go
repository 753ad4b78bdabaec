package hardening

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"testing"
)

// idlers is how many connections the webhook keeps (pkg/server/connections.go).
const idlers = 512

// Somebody holds all connections that there are, each after one answer, and dials without a
// pause.
func TestANewcomerGetsInWhileAnotherHoldsAllConnectionsAndDialsWithoutAPause(t *testing.T) {
	g := start(t)
	ask := func() string {
		conn, err := g.dial(t.Context(), false)
		if err != nil {
			return err.Error()
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("GET /mutate HTTP/1.1\r\nHost: x\r\n\r\n"))
		return status(conn)
	}
	for range idlers {
		conn, err := g.dial(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("GET /mutate HTTP/1.1\r\nHost: x\r\n\r\n"))
		if answer := status(conn); answer != "405" {
			t.Fatalf("one of the idle got %q", answer)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var dialling sync.WaitGroup
	dialling.Go(func() { dialOn(ctx, t, net.JoinHostPort("127.0.0.1", strconv.Itoa(g.addresses.Port))) })
	defer dialling.Wait()
	defer stop()
	for i := range 10 {
		answer := ask()
		for again := 0; again < 2 && answer != "405"; again++ { // as any client does
			answer = ask()
		}
		if answer != "405" {
			t.Errorf("newcomer %d of 10 got %q, three times", i+1, answer)
		}
	}
	g.honest()
}

// dialOn opens connections that say nothing, and keeps the last few.
func dialOn(ctx context.Context, t *testing.T, address string) {
	kept := make([]net.Conn, 256)
	defer func() {
		for _, conn := range kept {
			if conn != nil {
				conn.Close()
			}
		}
	}()
	for i := 0; ctx.Err() == nil; i++ {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Logf("dialling on: %v", err)
			}
			return
		}
		if last := kept[i%len(kept)]; last != nil {
			last.Close()
		}
		kept[i%len(kept)] = conn
	}
}
