package apiserver

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
)

// A mounted Secret may be empty at first: somebody else fills it.
func TestCertificateFilesThatComeLaterMakeAReplicaReady(t *testing.T) {
	o, addresses := anotherReplica(t)
	_, ready := certificateFiles(t)
	dir := t.TempDir()
	o.Certificates = server.Certificates{
		CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key"), DNSNames: ready.DNSNames,
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, o) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	eventually(t, "the caches are filled", func(ctx context.Context) bool { return check(ctx, addresses.Ops, "caches") == nil })
	if err := install.Ready(t.Context(), addresses.Ops); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("without a certificate the replica is ready: %v", err)
	}
	for from, to := range map[string]string{ready.KeyFile: o.Certificates.KeyFile, ready.CertFile: o.Certificates.CertFile} {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the replica is ready", func(ctx context.Context) bool { return install.Ready(ctx, addresses.Ops) == nil })
}

// eventually waits for something that other goroutines or processes bring about.
func eventually(t *testing.T, what string, is func(context.Context) bool) {
	t.Helper()
	eventuallyWithin(t, time.Minute, what, is)
}

func eventuallyWithin(t *testing.T, patience time.Duration, what string, is func(context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		return is(ctx), nil
	})
	if err != nil {
		t.Fatalf("not within %s: %s", patience, what)
	}
}
