package certs_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/certs"
)

const serviceName = "rollguard-webhook.rollguard-system.svc"

var day0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func authority(t *testing.T, now time.Time, life time.Duration) *certs.KeyPair {
	t.Helper()
	pair, err := certs.NewAuthority(now, life)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func leaf(t *testing.T, ca *certs.KeyPair, now time.Time, life time.Duration) *certs.KeyPair {
	t.Helper()
	pair, err := certs.IssueLeaf(ca, certs.LeafRequest{DNSNames: []string{serviceName}, Now: now, Life: life})
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// dial makes a TLS connection over the loopback, as a client that trusts the bundle
// and believes that it is now, and returns what the client says. A net.Pipe would
// not do: it buffers nothing, so a client's alert waits for a server that writes.
func dial(t *testing.T, served *certs.KeyPair, client *tls.Config) error {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{*served.TLS()}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conn, err := listener.Accept(); err == nil {
			io.WriteString(conn, "served")
			conn.Close()
		}
	}()
	defer func() { listener.Close(); <-done }()
	conn, err := tls.Dial("tcp", listener.Addr().String(), client)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = io.ReadFull(conn, make([]byte, len("served")))
	return err
}

func pool(t *testing.T, bundle []byte) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(bundle) {
		t.Fatalf("no certificate in bundle %q", bundle)
	}
	return p
}

func TestHandshake(t *testing.T) {
	ca := authority(t, day0, 365*24*time.Hour)
	other := authority(t, day0, 365*24*time.Hour)
	served := leaf(t, ca, day0, 90*24*time.Hour)
	both := certs.BuildBundle(day0, other.Leaf(), ca.Leaf())

	for _, tc := range []struct {
		name   string
		bundle []byte
		server string
		now    time.Time
		want   string
	}{
		{"a client that trusts the authority accepts the leaf", ca.CertPEM, serviceName, day0, ""},
		{"a bundle of two authorities with one name is enough", both, serviceName, day0, ""},
		{"a clock that is 59 minutes late accepts a new leaf", ca.CertPEM, serviceName, day0.Add(-59 * time.Minute), ""},
		{"a clock that is 61 minutes late does not", ca.CertPEM, serviceName, day0.Add(-61 * time.Minute), "not yet valid"},
		{"the leaf is accepted until its last minute", ca.CertPEM, serviceName, day0.Add(90*24*time.Hour - time.Minute), ""},
		{"an expired leaf is refused", ca.CertPEM, serviceName, day0.Add(90*24*time.Hour + time.Minute), "expired"},
		{"another name is refused", ca.CertPEM, "other.svc", day0, "not other.svc"},
		{"another authority of the same name is refused", other.CertPEM, serviceName, day0, "unknown authority"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := dial(t, served, &tls.Config{
				RootCAs:    pool(t, tc.bundle),
				ServerName: tc.server,
				Time:       func() time.Time { return tc.now },
			})
			if tc.want == "" && err != nil {
				t.Fatalf("handshake: %v", err)
			}
			if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Fatalf("handshake: got %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestLeafIsForServersOnly(t *testing.T) {
	ca := authority(t, day0, 24*time.Hour)
	served := leaf(t, ca, day0, time.Hour)
	verify := func(usage x509.ExtKeyUsage) error {
		_, err := served.Leaf().Verify(x509.VerifyOptions{
			Roots: pool(t, ca.CertPEM), CurrentTime: day0, KeyUsages: []x509.ExtKeyUsage{usage},
		})
		return err
	}
	if err := verify(x509.ExtKeyUsageServerAuth); err != nil {
		t.Errorf("as a server: %v", err)
	}
	if err := verify(x509.ExtKeyUsageClientAuth); err == nil {
		t.Error("the leaf is accepted as a client")
	}
	if _, err := certs.IssueLeaf(served, certs.LeafRequest{DNSNames: []string{serviceName}, Now: day0, Life: time.Hour}); err == nil {
		t.Error("a leaf signed another leaf")
	}
}

func TestLeafNeverOutlivesItsAuthority(t *testing.T) {
	ca := authority(t, day0, 24*time.Hour)
	if got := leaf(t, ca, day0, 48*time.Hour).NotAfter(); !got.Equal(ca.NotAfter()) {
		t.Errorf("leaf expires at %s, its authority at %s", got, ca.NotAfter())
	}
	_, err := certs.IssueLeaf(ca, certs.LeafRequest{DNSNames: []string{serviceName}, Now: day0.Add(25 * time.Hour), Life: time.Hour})
	if err == nil {
		t.Error("an expired authority signed a leaf")
	}
}

func TestRenewAtIsTwoThirdsOfTheLife(t *testing.T) {
	ca := authority(t, day0, 90*24*time.Hour)
	if got, want := certs.RenewAt(ca), day0.Add(60*24*time.Hour); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSerialsAreRandom(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		serial := authority(t, day0, time.Hour).Leaf().SerialNumber
		if serial.Sign() <= 0 || seen[serial.String()] {
			t.Fatalf("serial %s is not positive or came twice", serial)
		}
		seen[serial.String()] = true
	}
}

func TestParseKeyPair(t *testing.T) {
	ca := authority(t, day0, 24*time.Hour)
	other := authority(t, day0, 24*time.Hour)
	large := []byte(strings.Repeat("-", certs.MaxPEMBytes+1))
	for _, tc := range []struct {
		name      string
		cert, key []byte
		want      string
	}{
		{"a pair is read", ca.CertPEM, ca.KeyPEM, ""},
		{"a key of another certificate is refused", ca.CertPEM, other.KeyPEM, "private key does not match"},
		{"an absent certificate is refused", nil, ca.KeyPEM, "failed to find any PEM data"},
		{"an absent key is refused", ca.CertPEM, nil, "failed to find any PEM data"},
		{"a cut certificate is refused", ca.CertPEM[:100], ca.KeyPEM, "failed to find"},
		{"a large certificate is refused unread", large, ca.KeyPEM, "certificate has 65537 bytes"},
		{"a large key is refused unread", ca.CertPEM, large, "private key has 65537 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := certs.ParseKeyPair(tc.cert, tc.key)
			if tc.want == "" && err != nil {
				t.Fatal(err)
			}
			if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Fatalf("got %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestChainExpiresWithItsFirstCertificate(t *testing.T) {
	short := authority(t, day0, time.Hour)
	long := authority(t, day0, 24*time.Hour)
	served := leaf(t, long, day0, 12*time.Hour)
	chained, err := certs.ParseKeyPair(append(append([]byte{}, served.CertPEM...), short.CertPEM...), served.KeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	if !chained.NotAfter().Equal(short.NotAfter()) {
		t.Errorf("got %s, want %s", chained.NotAfter(), short.NotAfter())
	}
}

func TestServingSaysWhyThereIsNoCertificate(t *testing.T) {
	var s certs.Serving
	if _, err := s.GetCertificate(nil); err == nil || s.Healthy(day0) == nil || !s.NotAfter().IsZero() {
		t.Fatal("an empty Serving has a certificate")
	}
	if !s.Problem(errors.New("secret is away")) || s.Problem(errors.New("secret is away")) {
		t.Error("a problem is news once")
	}
	if err := s.Healthy(day0); err == nil || !strings.Contains(err.Error(), "there is no certificate: secret is away") {
		t.Errorf("got %v", err)
	}
	pair := authority(t, day0, time.Hour)
	s.Set(pair)
	if err := s.Healthy(day0); err != nil {
		t.Error(err)
	}
	s.Problem(errors.New("secret is damaged"))
	if err := s.Healthy(day0); err != nil {
		t.Errorf("a problem made a valid certificate unhealthy: %v", err)
	}
	if err := s.Healthy(day0.Add(2 * time.Hour)); err == nil || !strings.Contains(err.Error(), "expired at 2026-03-01T13:00:00Z: secret is damaged") {
		t.Errorf("got %v", err)
	}
	if got, err := s.GetCertificate(nil); err != nil || got != pair.TLS() {
		t.Errorf("an expired certificate is not served: %v", err)
	}
}
