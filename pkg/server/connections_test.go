package server

import (
	"net"
	"net/http"
	"testing"
	"time"
)

// crowd are connections that came one after the other, long ago.
type crowd struct {
	t       *testing.T
	c       *connections
	dropped int
}

func newCrowd(t *testing.T, limit int) *crowd {
	k := &crowd{t: t}
	k.c = newConnections(limit, func(reason string) {
		if reason != droppedForRoom {
			t.Errorf("dropped for %q", reason)
		}
		k.dropped++
	})
	return k
}

// conn is one that came so long ago; what it did is set by change.
func (k *crowd) conn(ago time.Duration, change func(*connection)) net.Conn {
	k.t.Helper()
	here, there := net.Pipe()
	k.t.Cleanup(func() { here.Close(); there.Close() })
	ctx := k.c.opened(k.t.Context(), here)
	one, ok := ctx.Value(connectionKey{}).(*connection)
	if !ok {
		k.t.Fatal("the context has no connection")
	}
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	one.since = one.since.Add(-ago)
	change(one)
	return here
}

func (k *crowd) closed(conn net.Conn) bool {
	_, open := k.c.open[conn]
	return !open
}

func TestWhenThereAreTooManyConnectionsTheOneOfLeastUseGoes(t *testing.T) {
	silent := func(*connection) {}
	idle := func(c *connection) { c.answered = true }
	asking := func(c *connection) { c.answered, c.asking = true, true }
	first := func(c *connection) { c.asking = true } // its first request, perhaps a slow body
	for name, tc := range map[string]struct {
		ago    []time.Duration
		did    []func(*connection)
		victim int // -1: the new one
	}{
		"the oldest of the silent":                    {[]time.Duration{5 * time.Second, 9 * time.Second, 60 * time.Second}, []func(*connection){silent, silent, idle}, 1},
		"a silent one before an idle one":             {[]time.Duration{2 * time.Second, 80 * time.Second}, []func(*connection){silent, idle}, 0},
		"a first request that does not end, as well":  {[]time.Duration{4 * time.Second, 80 * time.Second}, []func(*connection){first, idle}, 0},
		"the longest idle":                            {[]time.Duration{2 * time.Second, 80 * time.Second}, []func(*connection){idle, idle}, 1},
		"none that is asking":                         {[]time.Duration{2 * time.Second, 80 * time.Second}, []func(*connection){idle, asking}, 0},
		"a silent one before one that had an answer":  {[]time.Duration{0, 2 * time.Second}, []func(*connection){silent, idle}, 0},
		"the new one, where all are asking":           {[]time.Duration{time.Hour, 80 * time.Second}, []func(*connection){asking, asking}, -1},
		"the new one, where all have their first ask": {[]time.Duration{0, 0}, []func(*connection){first, first}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			k := newCrowd(t, len(tc.ago))
			var all []net.Conn
			for i := range tc.ago {
				all = append(all, k.conn(tc.ago[i], tc.did[i]))
			}
			newest := k.conn(0, silent)
			for i, conn := range all {
				if k.closed(conn) != (i == tc.victim) {
					t.Errorf("connection %d: closed %t", i, k.closed(conn))
				}
			}
			if k.closed(newest) != (tc.victim < 0) || k.dropped != 1 || len(k.c.open) > len(all) {
				t.Errorf("the new one closed: %t; %d dropped, %d open", k.closed(newest), k.dropped, len(k.c.open))
			}
		})
	}
}

func TestAConnectionThatEndsMakesRoom(t *testing.T) {
	k := newCrowd(t, 1)
	for range 3 {
		k.c.changed(k.conn(0, func(*connection) {}), http.StateClosed)
	}
	if k.dropped != 0 || len(k.c.open) != 0 {
		t.Errorf("%d dropped, %d open", k.dropped, len(k.c.open))
	}
}

func TestWhereBusyConnectionsMayGoTheLongestBusyMakesRoom(t *testing.T) {
	k := newCrowd(t, 2)
	k.c.busyToo = true
	asking := func(c *connection) { c.answered, c.asking = true, true }
	long, short := k.conn(time.Minute, asking), k.conn(time.Second, asking)
	if newest := k.conn(0, func(*connection) {}); !k.closed(long) || k.closed(short) || k.closed(newest) {
		t.Errorf("closed: %t, %t, the new one %t", k.closed(long), k.closed(short), k.closed(newest))
	}
}

// Who holds all connections idle and opens others without a pause is not to have each newcomer
// closed by the next one, in the middle of its handshake.
func TestSomeRoomIsLeftToThoseWhoHaveAskedNothingYet(t *testing.T) {
	k := newCrowd(t, 8)
	idle := func(c *connection) { c.answered = true }
	var held, newcomers []net.Conn
	for i := range 8 {
		held = append(held, k.conn(time.Hour-time.Duration(i)*time.Minute, idle))
	}
	for range 3 {
		newcomers = append(newcomers, k.conn(0, func(*connection) {}))
	}
	for i, conn := range held {
		if k.closed(conn) != (i < 2) {
			t.Errorf("idle connection %d: closed %t", i, k.closed(conn))
		}
	}
	for i, conn := range newcomers {
		if k.closed(conn) != (i == 0) {
			t.Errorf("newcomer %d: closed %t", i, k.closed(conn))
		}
	}
}
