package apiserver

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
)

// A replica that may not read Services never fills its caches. It must not be ready,
// and when it is called all the same it must let the write pass. It serves a
// certificate from files, so this also is the test of that source.
func TestWithUnsyncedCachesTheWritePassesUnchanged(t *testing.T) {
	addresses := startBlindWebhook(t)
	s := newShop(t, `{"test.example/webhook": "blind"}`, annotations)
	out := s.kubectl(s.bare(), "apply", "-f", "-")
	expect(t, s.get(), untouched())
	wantWarning(t, out.Warnings(), "internal error kept Rollguard from looking at this Deployment; it was stored as you wrote it (gather)")
	if err := install.Ready(t.Context(), addresses.Ops); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("a replica with empty caches is ready: %v", err)
	}
}

// startBlindWebhook runs a second webhook, whose user has no rights, for namespaces
// with the label test.example/webhook: blind.
func startBlindWebhook(t *testing.T) install.Addresses {
	t.Helper()
	addresses, authority := startReplica(t, "blind")
	waitForListener(t, addresses)
	registerBlind(t, addresses.URL(), authority)
	return addresses
}

// startReplica runs a further webhook as another user, with a certificate from files.
func startReplica(t *testing.T, user string) (addresses install.Addresses, authority []byte) {
	t.Helper()
	o, addresses := anotherReplica(t)
	var err error
	if o.Config, err = world.plane.User(user); err != nil {
		t.Fatal(err)
	}
	authority, o.Certificates = certificateFiles(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, o) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the second webhook: %v", err)
		}
	})
	return addresses, authority
}

func certificateFiles(t *testing.T) (authority []byte, c server.Certificates) {
	t.Helper()
	ca, err := certs.NewAuthority(time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := certs.IssueLeaf(ca, certs.LeafRequest{Now: time.Now(), Life: time.Hour, DNSNames: []string{"localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c = server.Certificates{CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key"), DNSNames: []string{"localhost"}}
	for path, content := range map[string][]byte{c.CertFile: leaf.CertPEM, c.KeyFile: leaf.KeyPEM} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return ca.CertPEM, c
}

func waitForListener(t *testing.T, a install.Addresses) {
	t.Helper()
	eventually(t, "the second webhook listens", func(ctx context.Context) bool {
		return check(ctx, a.Ops, "listener") == nil && check(ctx, a.Ops, "certificate") == nil
	})
}

func registerBlind(t *testing.T, url string, authority []byte) {
	t.Helper()
	register(t, "blind", url, authority)
	waitUntilCalled(t)
}

// register lets the API server call a webhook for namespaces with the label
// test.example/webhook: NAME.
func register(t *testing.T, name, url string, authority []byte) {
	t.Helper()
	configurations := world.clients.AdmissionregistrationV1().MutatingWebhookConfigurations()
	c, err := configurations.Get(t.Context(), "rollguard", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	blind := &admissionregistrationv1.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Webhooks: c.Webhooks,
	}
	w := &blind.Webhooks[0]
	w.ClientConfig = admissionregistrationv1.WebhookClientConfig{URL: &url, CABundle: authority}
	w.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"test.example/webhook": name}}
	if _, err := configurations.Create(t.Context(), blind, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := configurations.Delete(context.WithoutCancel(t.Context()), name, metav1.DeleteOptions{}); err != nil {
			t.Errorf("webhook configuration %s: %v", name, err)
		}
	})
}

// waitUntilCalled waits until the API server has seen the configuration.
func waitUntilCalled(t *testing.T) {
	t.Helper()
	s := newShop(t, `{"test.example/webhook": "blind"}`, annotations)
	eventually(t, "the API server calls the second webhook", func(context.Context) bool {
		return len(s.kubectl(s.bare(), "create", "--dry-run=server", "-f", "-").Warnings()) > 0
	})
}
