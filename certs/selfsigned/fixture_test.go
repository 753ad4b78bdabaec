package selfsigned

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/rollguard/rollguard/certs"
)

const (
	serviceName = "rollguard-webhook.rollguard-system.svc"
	day         = 24 * time.Hour
)

var day0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// testPolicy lives 30 days and renews after 20; its leaves live 9 and renew after 6.
func testPolicy() policy {
	return policy{
		dnsNames:      []string{serviceName},
		authorityLife: 30 * day,
		leafLife:      9 * day,
		settle:        time.Minute,
		overlap:       time.Hour,
	}
}

// must returns the value of a call that does not fail in a test.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func authorityAt(now time.Time) *certs.KeyPair {
	return must(certs.NewAuthority(now, testPolicy().authorityLife))
}

// ringAt returns a ring with authority and leaf made at the time.
func ringAt(now time.Time) ring {
	p := testPolicy()
	return must(p.signed(ring{authority: authorityAt(now)}, p.request(now)))
}

// with returns the ring with a leaf made later.
func (r ring) withLeaf(now time.Time) ring {
	p := testPolicy()
	return must(p.signed(r, p.request(now)))
}

// configured returns a configuration of two webhooks that both have the bundle.
func configured(pairs ...*certs.KeyPair) configuration {
	bundle := bundleOf(pairs...)
	return configuration{known: true, version: "1", hooks: []hook{{"a.rollguard.io", bundle}, {"b.rollguard.io", bundle}}}
}

func bundleOf(pairs ...*certs.KeyPair) []byte {
	var in []*x509.Certificate
	for _, pair := range pairs {
		in = append(in, pair.Leaf())
	}
	return certs.BuildBundle(time.Time{}, in...)
}

func seenSince(at time.Time, pairs ...*certs.KeyPair) map[string]time.Time {
	out := map[string]time.Time{}
	for _, pair := range pairs {
		out[string(pair.Leaf().Raw)] = at
	}
	return out
}

func same(t *testing.T, what string, got, want *certs.KeyPair) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s is another certificate than wanted (nil: got %t, want %t)", what, got == nil, want == nil)
	}
}
