package selfsigned

import (
	"bytes"
	"context"
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/utils/clock"
)

// running is a started replica.
type running struct {
	*Source
	stop  func()
	ended chan error
}

func start(m *memoryCluster) *running {
	s, _ := replica(m)
	s.options.Clock, s.options.Log = clock.RealClock{}, logr.Discard()
	s.options.Recheck = 10 * time.Minute
	s.policy.authorityLife, s.policy.leafLife = 3*day, day
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Source: s, stop: stop, ended: make(chan error, 1)}
	go func() { r.ended <- s.Start(ctx) }()
	return r
}

// TestNoAPIServerEverMeetsWhatItDoesNotTrust runs three replicas for twelve days in
// the time of a synctest bubble, in which the authority is replaced six times, with
// restarts, a deleted and a damaged Secret. At any time both an API server that is
// up to date and one that is 30 seconds behind must accept what each replica serves.
func TestNoAPIServerEverMeetsWhatItDoesNotTrust(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memoryCluster{}
		m.edit(func() { twoHooks(m) })
		replicas := []*running{start(m), start(m), start(m)}
		time.Sleep(2 * time.Minute)
		accepted, authorities := map[string]bool{}, map[string]bool{}
		for tick := range 12 * 24 * 60 * 6 { // every 10 s of 12 days
			time.Sleep(10 * time.Second)
			synctest.Wait() // the replicas are at rest
			switch {
			case tick%5000 == 1234:
				m.edit(func() { m.secret = secret{} })
				synctest.Wait()
			case tick%5000 == 2345:
				m.edit(func() { m.secret.data = map[string][]byte{authorityCert: []byte("junk")} })
				synctest.Wait()
			case tick%3000 == 777:
				old := replicas[tick%3]
				old.stop()
				<-old.ended
				replicas[tick%3] = start(m)
				synctest.Wait()
			}
			authorities[m.storedAuthority()] = true
			for i, r := range replicas {
				for _, delay := range []time.Duration{0, 30 * time.Second} {
					if err := accepts(m, r, delay, accepted); err != nil {
						t.Fatalf("tick %d, replica %d, API server behind by %s: %v", tick, i, delay, err)
					}
				}
			}
		}
		if n := len(authorities); n < 6 || n > 8 {
			t.Errorf("there were %d authorities in 12 days, want one in two days", n)
		}
		for _, r := range replicas {
			r.stop()
			if err := <-r.ended; err != nil {
				t.Error(err)
			}
		}
	})
}

// accepts verifies what the replica serves as an API server does whose view of the
// configuration is old by the delay.
func accepts(m *memoryCluster, r *running, delay time.Duration, accepted map[string]bool) error {
	if err := r.Healthy(); err != nil {
		return err
	}
	now, leaf := time.Now(), r.serving.Pair().Leaf()
	bundle := m.bundleAt(now.Add(-delay))
	key := string(leaf.Raw) + string(bundle)
	if accepted[key] {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(bundle)
	_, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: serviceName, CurrentTime: now})
	accepted[key] = err == nil
	return err
}

// bundleAt returns the first webhook's bundle at the time.
func (m *memoryCluster) bundleAt(at time.Time) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := len(m.history) - 1; i >= 0; i-- {
		if !m.history[i].at.After(at) {
			return m.history[i].hooks[0].bundle
		}
	}
	return nil
}

func (m *memoryCluster) storedAuthority() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.secret.data[authorityCert])
}

func TestStartHealsAtOnceAndRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memoryCluster{failing: map[string]error{"readSecret": context.DeadlineExceeded}}
		m.edit(func() { twoHooks(m) })
		r := start(m)
		synctest.Wait()
		if r.Healthy() == nil {
			t.Error("healthy without an API server")
		}
		m.edit(func() { m.failing = nil })
		time.Sleep(2 * spacing)
		synctest.Wait()
		if err := r.Healthy(); err != nil {
			t.Error(err)
		}
		bundle := m.bundleAt(time.Now())
		m.edit(func() { twoHooks(m); m.secret = secret{} })
		// Sleeping lets the time of the bubble pass, it synchronises nothing.
		time.Sleep(2 * spacing) // much less than the re-check
		synctest.Wait()
		if got := m.bundleAt(time.Now()); !bytes.Equal(got, bundle) || m.storedAuthority() == "" {
			t.Error("the watch did not heal what was deleted")
		}
		r.stop()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
	})
}
