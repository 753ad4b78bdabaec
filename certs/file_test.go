package certs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/rollguard/rollguard/certs"
)

// mount is a directory that changes as the kubelet's atomic writer changes a
// mounted Secret: files are links into ..data, which is a link that is swapped
// (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go).
type mount struct {
	t       *testing.T
	dir     string
	version int
}

func (m *mount) cert() string { return filepath.Join(m.dir, "tls.crt") }
func (m *mount) key() string  { return filepath.Join(m.dir, "tls.key") }

func (m *mount) write(cert, key []byte) {
	m.t.Helper()
	m.version++
	data := fmt.Sprintf("..v%d", m.version)
	must := func(err error) {
		if err != nil {
			m.t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(m.dir, data), 0o700))
	must(os.WriteFile(filepath.Join(m.dir, data, "tls.crt"), cert, 0o600))
	must(os.WriteFile(filepath.Join(m.dir, data, "tls.key"), key, 0o600))
	must(os.Symlink(data, filepath.Join(m.dir, "..data_tmp")))
	must(os.Rename(filepath.Join(m.dir, "..data_tmp"), filepath.Join(m.dir, "..data")))
	if m.version == 1 {
		must(os.Symlink("..data/tls.crt", m.cert()))
		must(os.Symlink("..data/tls.key", m.key()))
	}
}

// lines is a logger that hands every line to whoever waits for it.
func lines() (logr.Logger, <-chan string) {
	out := make(chan string, 100)
	return funcr.New(func(_, args string) { out <- args }, funcr.Options{}), out
}

// await returns when a line with the text was logged.
func await(t *testing.T, lines <-chan string, text string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case line := <-lines:
			if strings.Contains(line, text) {
				return
			}
		case <-deadline:
			t.Fatalf("nobody logged %q", text)
		}
	}
}

// run starts the file source and stops it at the end of the test.
func run(t *testing.T, f *certs.File) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- f.Start(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("start: %v", err)
		}
	})
}

func serves(t *testing.T, f *certs.File, want *certs.KeyPair) {
	t.Helper()
	got, err := f.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Leaf.Equal(want.Leaf()) || !f.NotAfter().Equal(want.NotAfter()) {
		t.Errorf("another certificate is served, serial %s", got.Leaf.SerialNumber)
	}
}

func TestFileSeesSwappedSecretAtOnce(t *testing.T) {
	now := time.Now()
	ca := authority(t, now, 24*time.Hour)
	first, second := leaf(t, ca, now, time.Hour), leaf(t, ca, now, 2*time.Hour)
	m := &mount{t: t, dir: t.TempDir()}
	m.write(first.CertPEM, first.KeyPEM)
	log, logged := lines()
	// The poll is too slow to be what sees the change.
	f, err := certs.NewFile(certs.FileOptions{CertFile: m.cert(), KeyFile: m.key(), Log: log, Poll: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	serves(t, f, first)
	await(t, logged, "was read")
	run(t, f)

	m.write(second.CertPEM, second.KeyPEM)
	await(t, logged, "was read")
	serves(t, f, second)
	if err := f.Healthy(); err != nil {
		t.Error(err)
	}
}

func TestFileThatIsMissingAtStartIsPolledFor(t *testing.T) {
	served := leaf(t, authority(t, day0, 24*time.Hour), day0, time.Hour)
	m := &mount{t: t, dir: filepath.Join(t.TempDir(), "later")}
	log, logged := lines()
	clock := clocktesting.NewFakeClock(day0)
	failures := 0
	f, err := certs.NewFile(certs.FileOptions{
		CertFile: m.cert(), KeyFile: m.key(), Log: log, Clock: clock,
		OnError: func(error) { failures++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.GetCertificate(nil); err == nil || !strings.Contains(err.Error(), "tls.crt: no such file") {
		t.Errorf("got %v, want the missing file by name", err)
	}
	if err := f.Healthy(); err == nil || !strings.Contains(err.Error(), "there is no certificate: read certificate file") {
		t.Errorf("got %v", err)
	}
	if failures != 1 || !f.NotAfter().IsZero() {
		t.Errorf("%d failures, expiry %s", failures, f.NotAfter())
	}
	run(t, f)
	await(t, logged, "polled only")
	m.write(served.CertPEM, served.KeyPEM)
	clock.Step(certs.DefaultPoll)
	await(t, logged, "was read")
	serves(t, f, served)
}

func TestFileKeepsWhatItHas(t *testing.T) {
	ca := authority(t, day0, 48*time.Hour)
	good := leaf(t, ca, day0, 24*time.Hour)
	expired := leaf(t, ca, day0.Add(-40*time.Minute), 10*time.Minute)
	for _, tc := range []struct {
		name      string
		cert, key []byte
		want      string
	}{
		{"when the new key belongs to another certificate", good.CertPEM, ca.KeyPEM, "private key does not match"},
		{"when the new certificate is damaged", []byte("junk"), good.KeyPEM, "failed to find any PEM data"},
		{"when the new certificate is empty", nil, nil, "failed to find any PEM data"},
		{"when the new certificate has expired", expired.CertPEM, expired.KeyPEM, "expired at 2026-03-01T11:30:00Z"},
		{"when the new certificate is for another name", ca.CertPEM, ca.KeyPEM, "does not serve"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &mount{t: t, dir: t.TempDir()}
			m.write(good.CertPEM, good.KeyPEM)
			log, logged := lines()
			clock := clocktesting.NewFakeClock(day0)
			f, err := certs.NewFile(certs.FileOptions{
				CertFile: m.cert(), KeyFile: m.key(), DNSNames: []string{serviceName}, Log: log, Clock: clock,
			})
			if err != nil {
				t.Fatal(err)
			}
			m.write(tc.cert, tc.key)
			run(t, f)
			await(t, logged, "was not read")
			serves(t, f, good)
			if err := f.Healthy(); err != nil {
				t.Errorf("the old certificate is good: %v", err)
			}
			clock.SetTime(day0.Add(25 * time.Hour))
			if err := f.Healthy(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error with %q once the old one expired", err, tc.want)
			}
		})
	}
}

func TestFileRefusesOptionsThatCannotWork(t *testing.T) {
	for _, o := range []certs.FileOptions{{}, {CertFile: "tls.crt"}, {KeyFile: "tls.key"}, {CertFile: "c", KeyFile: "k", Poll: -1}} {
		if _, err := certs.NewFile(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
