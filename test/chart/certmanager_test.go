package chart

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/client-go/dynamic"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/certs/certmanager"
	"github.com/rollguard/rollguard/test/install"
)

// The words of cert-manager's controllers (pkg/controller/certificates/policies) are the
// point here, so they stand as it writes them.
const (
	conditionIssuing = `{"status":{"conditions":[{"type":"Ready","status":"False","reason":"DoesNotExist","message":"Issuing certificate as Secret does not exist"}]}}`
	conditionReady   = `{"status":{"notAfter":"2030-01-01T00:00:00Z","renewalTime":"2029-12-01T00:00:00Z","conditions":[{"type":"Ready","status":"True","reason":"Ready","message":"Certificate is up to date and has not expired"}]}}`
)

// kubectl runs it as the administrator.
func kubectl(t *testing.T, stdin string, args ...string) {
	t.Helper()
	if _, err := install.Kubectl(t.Context(), world.plane, []byte(stdin), args...); err != nil {
		t.Fatal(err)
	}
}

// says is what a person would see of the source.
func says(s certs.Source) string {
	return errors.Join(s.Healthy(), s.Trouble(), errors.New("")).Error()
}

func TestTheSourceSaysWhatCertManagerSaysAndOutlivesItsKind(t *testing.T) {
	namespace(t, "rollguard", nil)
	rendered := render(t, "--set", "certificates.mode=cert-manager")
	kubectl(t, string(rendered), "apply", "-f", "-")
	t.Cleanup(func() {
		if _, err := install.Kubectl(context.Background(), world.plane, rendered, "delete", "--wait=false", "--ignore-not-found", "-f", "-"); err != nil {
			t.Error(err)
		}
		finalize(context.Background(), t)
	})
	source, dir := startSource(t)

	eventually(t, "it is not looked at", func() bool { return strings.Contains(says(source), "cert-manager has not looked at it yet") })
	kubectl(t, "", "patch", "certificate", "rollguard-tls", "-n", "rollguard", "--subresource=status", "--type=merge", "-p", conditionIssuing)
	eventually(t, "it is being issued", func() bool { return strings.Contains(says(source), "DoesNotExist: Issuing certificate") })
	if err := source.Healthy(); err == nil || !strings.Contains(err.Error(), "no such file") || !strings.Contains(err.Error(), "rollguard-tls is not ready") {
		t.Errorf("readiness says %v", err)
	}
	if p := checked(t)["cert-manager"]; p != "Certificate rollguard/rollguard-tls is not ready: DoesNotExist: Issuing certificate as Secret does not exist" {
		t.Errorf("rollguard check says %q", p)
	}

	writePair(t, dir)
	eventually(t, "what is mounted is served", func() bool { return source.Healthy() == nil })
	kubectl(t, "", "patch", "certificate", "rollguard-tls", "-n", "rollguard", "--subresource=status", "--type=merge", "-p", conditionReady)
	eventually(t, "all is well", func() bool { return source.Trouble() == nil })
	if p := checked(t)["cert-manager"]; !strings.HasPrefix(p, "Certificate rollguard/rollguard-tls is ready, and is renewed in ") {
		t.Errorf("rollguard check says %q", p)
	}

	kubectl(t, "", "delete", "certificate", "rollguard-tls", "-n", "rollguard")
	eventually(t, "it is gone", func() bool { return strings.Contains(says(source), "rollguard-tls does not exist") })
	kubectl(t, "", "delete", "crd", "certificates.cert-manager.io")
	eventually(t, "the kind is gone", func() bool { return strings.Contains(says(source), "has no kind Certificate") })
	if err := source.Healthy(); err != nil {
		t.Errorf("without the kind, what is mounted is not served: %v", err)
	}
	if p := checked(t)["cert-manager"]; !strings.Contains(p, "is cert-manager installed?") {
		t.Errorf("rollguard check says %q", p)
	}
	if err := createKinds(t.Context()); err != nil {
		t.Fatal(err)
	}
	kubectl(t, string(rendered), "apply", "-f", "-")
	kubectl(t, "", "patch", "certificate", "rollguard-tls", "-n", "rollguard", "--subresource=status", "--type=merge", "-p", conditionReady)
	eventually(t, "all is well again", func() bool { return source.Trouble() == nil })
}

// Nobody may be stopped by a right that is missing.
func TestASourceWithoutTheRightServesAndSaysSo(t *testing.T) {
	source, dir := startSource(t)
	writePair(t, dir)
	eventually(t, "it serves, and says that it may not look", func() bool {
		return source.Healthy() == nil && source.Trouble() != nil &&
			strings.Contains(source.Trouble().Error(), `Certificate rollguard/rollguard-tls cannot be read: certificates.cert-manager.io "rollguard-tls" is forbidden`)
	})
}

// startSource runs the source with the rights of the service account.
func startSource(t *testing.T) (source *certmanager.Source, dir string) {
	t.Helper()
	account, err := install.ServiceAccount(world.plane)
	if err != nil {
		t.Fatal(err)
	}
	client, err := dynamic.NewForConfig(account)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	source, err = certmanager.New(certmanager.Options{
		Files: certs.FileOptions{
			CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key"), Log: logr.Discard(),
			DNSNames: []string{"rollguard.rollguard.svc"},
		},
		Client: client, Namespace: "rollguard", Name: "rollguard-tls",
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- source.Start(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return source, dir
}

// checked is what "rollguard check" says of each point.
func checked(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "run", "../../cmd/rollguard", "check", "--kubeconfig", world.plane.KubeconfigPath(), "-o", "json")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var points []struct{ Name, Says string }
	if err := json.Unmarshal(out, &points); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	by := map[string]string{}
	for _, p := range points {
		by[p.Name] = p.Says
	}
	return by
}
