package server

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/rollguard/rollguard/certs"
)

const day = 24 * time.Hour

// mountedPair is a certificate in files, and the clock by which it grows old.
type mountedPair struct {
	t     *testing.T
	dir   string
	clock *clocktesting.FakeClock
}

func (m *mountedPair) write(life time.Duration) {
	m.t.Helper()
	authority, err := certs.NewAuthority(m.clock.Now(), 10*life)
	if err != nil {
		m.t.Fatal(err)
	}
	leaf, err := certs.IssueLeaf(authority, certs.LeafRequest{DNSNames: []string{"localhost"}, Now: m.clock.Now(), Life: life})
	if err != nil {
		m.t.Fatal(err)
	}
	for name, data := range map[string][]byte{"tls.crt": leaf.CertPEM, "tls.key": leaf.KeyPEM} {
		if err := os.WriteFile(filepath.Join(m.dir, name), data, 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
}

// source reads the files that are there now.
func (m *mountedPair) source() certs.Source {
	m.t.Helper()
	s, err := certs.NewFile(certs.FileOptions{
		CertFile: filepath.Join(m.dir, "tls.crt"), KeyFile: filepath.Join(m.dir, "tls.key"), Clock: m.clock,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

func TestACertificateThatIsNotRenewedIsToldOfEachHourAndOnceWhenItIs(t *testing.T) {
	m := &mountedPair{t: t, dir: t.TempDir(), clock: clocktesting.NewFakeClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))}
	m.write(90 * day)
	var told []string
	e := &expiry{source: m.source(), clock: m.clock, log: zap.NewNop(), tell: func(_ context.Context, n note) error {
		told = append(told, n.kind+" "+n.reason+": "+n.text)
		return nil
	}}
	after := func(d time.Duration) {
		m.clock.Step(d)
		e.look(t.Context())
	}
	after(0)
	after(75 * day) // 15 days are left
	if len(told) != 0 {
		t.Fatalf("told too early: %q", told)
	}
	after(2 * day)
	after(59 * time.Minute)
	after(time.Minute)
	after(14 * day)
	m.write(90 * day)
	e.source = m.source()
	after(time.Minute)
	after(time.Minute)
	ends := "Warning CertificateExpires: the serving certificate ends at 2026-05-30T12:00:00Z and was not renewed; from then on API servers do not accept it"
	want := []string{
		ends, ends,
		"Warning CertificateExpires: the serving certificate ended at 2026-05-30T12:00:00Z: API servers do not accept it",
		"Normal CertificateRenewed: the serving certificate is renewed and ends at 2026-08-29T13:00:00Z",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestACertificateThatDoesNotComeIsToldOfWithTheReason(t *testing.T) {
	m := &mountedPair{t: t, dir: t.TempDir(), clock: clocktesting.NewFakeClock(time.Now())}
	var told []string
	e := &expiry{source: m.source(), clock: m.clock, log: zap.NewNop(), tell: func(_ context.Context, n note) error {
		told = append(told, n.text)
		return nil
	}}
	e.look(t.Context())
	if len(told) != 0 {
		t.Errorf("at the start, when it may come any moment: %q", told)
	}
	e.look(t.Context())
	if len(told) != 1 || !strings.Contains(told[0], "there is no certificate") || !strings.Contains(told[0], "no such file") {
		t.Errorf("told %q", told)
	}
}

func TestTheReasonWhyACertificateIsNotRenewedIsPartOfTheEvent(t *testing.T) {
	m := &mountedPair{t: t, dir: t.TempDir(), clock: clocktesting.NewFakeClock(time.Now())}
	m.write(time.Hour)
	served := m.source()
	if err := os.WriteFile(filepath.Join(m.dir, "tls.crt"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- served.Start(ctx) }() // reads once, at its start
	for served.Trouble() == nil {
		m.clock.Step(certs.DefaultPoll / 1000)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	m.clock.Step(time.Hour)
	var told string
	e := &expiry{source: served, clock: m.clock, log: zap.NewNop(), tell: func(_ context.Context, n note) error {
		told = n.text
		return nil
	}}
	e.look(t.Context())
	if !strings.Contains(told, "API servers do not accept it") || !strings.Contains(told, "tls.crt") {
		t.Errorf("told %q", told)
	}
}
