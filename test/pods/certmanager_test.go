package pods

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// startCertManager runs cert-manager's controllers and its CA injector, see
// test/kube/modules/certmanager, until the end of the test.
func startCertManager(t *testing.T) {
	t.Helper()
	module, err := install.ModuleDir(t.Context(), filepath.Join(world.root, "test/kube/modules/certmanager"), "github.com/cert-manager/cert-manager")
	if err != nil {
		t.Fatal(err)
	}
	kinds := "-f " + filepath.Join(module, "deploy/crds")
	do(t, "kubectl apply --server-side "+kinds+" && kubectl wait --for=condition=Established --timeout=180s "+kinds)
	process, err := world.cluster.StartProgram(kube.Program{
		Path: world.binaries["certmanager"], Args: []string{"--kubeconfig=" + world.cluster.KubeconfigPath()},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			if raw, err := os.ReadFile(filepath.Join(world.cluster.Dir(), "logs", "certmanager.log")); err == nil {
				t.Logf("the end of cert-manager's log:\n%s", raw[max(0, len(raw)-4000):])
			}
		}
	})
}

func installCertManager(t *testing.T, flags ...string) {
	t.Helper()
	do(t, guide(t, "install.md", "certificates.mode=cert-manager"), flags...)
}

// renewCertManager has cert-manager renew the certificate and then the authority, as
// "cmctl renew" asks for it, and then deletes their Secrets. The CA injector keeps the
// old authority beside a new one (its feature CAInjectorMerging), so that replicas may
// serve the old certificate until their kubelet brings them the new one.
func renewCertManager(t *testing.T) {
	t.Helper()
	for _, step := range []struct {
		what      string
		authority bool // is renewed too
		do        func()
	}{
		{"renew the certificate", false, func() { issue(t, "rollguard-tls") }},
		{"renew the authority, and the certificate by it", true, func() { issue(t, "rollguard-ca"); issue(t, "rollguard-tls") }},
		{"delete the certificate's Secret", false, func() { deleteSecret(t, "rollguard-tls") }},
		{"delete the authority's Secret, and renew the certificate", true, func() { deleteSecret(t, "rollguard-ca"); issue(t, "rollguard-tls") }},
	} {
		begin := time.Now()
		before, authority := mustServe(t), secret(t, "rollguard-ca")["tls.crt"]
		step.do()
		anew(t, before)
		if (secret(t, "rollguard-ca")["tls.crt"] != authority) != step.authority {
			t.Errorf("%s: the authority is another one: %v", step.what, !step.authority)
		}
		eventually(t, "the API server trusts what is served", func() error {
			if ca := secret(t, "rollguard-tls")["ca.crt"]; ca == "" || !strings.Contains(bundle(t), ca) {
				return errors.New("caBundle lacks ca.crt of the Secret")
			}
			return nil
		})
		t.Logf("%s: %.1f s", step.what, time.Since(begin).Seconds())
	}
}

// deleteSecret returns when cert-manager has written the Secret again.
func deleteSecret(t *testing.T, name string) {
	t.Helper()
	do(t, "kubectl -n rollguard delete secret "+name)
	eventually(t, "the Secret is written again", func() error {
		if secret(t, name)["tls.crt"] == "" {
			return errors.New("it is not there")
		}
		return nil
	})
}

// secret returns what a Secret holds; nothing if there is none.
func secret(t *testing.T, name string) map[string]string {
	t.Helper()
	out := map[string]string{}
	s, err := world.clients.CoreV1().Secrets("rollguard").Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		return out
	}
	for key, value := range s.Data {
		out[key] = string(value)
	}
	return out
}

// issue asks cert-manager for a new certificate, by the condition that "cmctl renew"
// sets, and waits until it is there.
func issue(t *testing.T, name string) {
	t.Helper()
	at := world.dynamic.Resource(schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificates"}).Namespace("rollguard")
	certificate := func() *unstructured.Unstructured {
		c, err := at.Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	revision := func(c *unstructured.Unstructured) int64 {
		n, _, _ := unstructured.NestedInt64(c.Object, "status", "revision")
		return n
	}
	before := revision(certificate())
	eventually(t, name+" is asked for", func() error {
		return askToIssue(t.Context(), certificate(), func(ctx context.Context, c *unstructured.Unstructured) error {
			_, err := at.UpdateStatus(ctx, c, metav1.UpdateOptions{})
			return err
		})
	})
	eventually(t, name+" is issued", func() error {
		if now := revision(certificate()); now <= before {
			return fmt.Errorf("revision is %d", now)
		}
		return nil
	})
}

// askToIssue sets the condition Issuing.
func askToIssue(ctx context.Context, c *unstructured.Unstructured, update func(context.Context, *unstructured.Unstructured) error) error {
	conditions, _, err := unstructured.NestedSlice(c.Object, "status", "conditions")
	if err != nil {
		return err
	}
	conditions = append(conditions, map[string]any{
		"type": "Issuing", "status": "True", "reason": "ManuallyTriggered", "message": "Asked for by a test.",
		"lastTransitionTime": metav1.Now().UTC().Format("2006-01-02T15:04:05Z"), "observedGeneration": c.GetGeneration(),
	})
	if err := unstructured.SetNestedSlice(c.Object, conditions, "status", "conditions"); err != nil {
		return err
	}
	return update(ctx, c)
}
