package chart

import (
	"context"
	"slices"
	"testing"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/server"
	"github.com/rollguard/rollguard/test/install"
)

// inventory names everything that is stored in the cluster.
func inventory(t *testing.T) []string {
	t.Helper()
	all, err := install.Inventory(t.Context(), world.plane.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// nothingLeft compares with an earlier inventory.
func nothingLeft(t *testing.T, before []string) {
	t.Helper()
	for _, o := range install.Added(before, inventory(t)) {
		t.Errorf("left behind: %s", o)
	}
}

// startWebhook runs the webhook with the rights of its service account until the test
// ends. Nobody calls it: there are no Pods and no Service network here.
func startWebhook(t *testing.T) install.Addresses {
	t.Helper()
	account, err := install.ServiceAccount(world.plane)
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := install.FreeAddresses()
	if err != nil {
		t.Fatal(err)
	}
	file, err := config.Load("")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- server.Run(ctx, server.Options{
			Config: account, Webhook: file, Host: "127.0.0.1", Port: addresses.Port, OpsAddress: addresses.Ops, Log: zap.NewNop(),
			Posture: server.Posture{Lease: "rollguard", ProbeNamespace: "rollguard-probe", Configuration: "rollguard"},
			Certificates: server.Certificates{
				Namespace: "rollguard", Secret: "rollguard-certificates", Configuration: "rollguard",
				DNSNames: []string{"rollguard.rollguard.svc"},
			},
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the webhook is ready", func() bool { return install.Ready(t.Context(), addresses.Ops) == nil })
	return addresses
}

// helm runs Helm against the cluster.
func helm(t *testing.T, args ...string) {
	t.Helper()
	if _, err := install.Helm(t.Context(), world.plane, args...); err != nil {
		t.Fatal(err)
	}
}

// uninstall is the counterpart of helm install.
func uninstall(t *testing.T) {
	t.Helper()
	helm(t, "uninstall", "rollguard", "--namespace", "rollguard")
	finalize(t.Context(), t)
}

// chartDir is the chart's folder.
func chartDir(t *testing.T) string {
	t.Helper()
	dir, err := install.ChartDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// secret returns what Rollguard keeps, nil while it keeps nothing.
func secret(t *testing.T) *corev1.Secret {
	t.Helper()
	s, err := world.clients.CoreV1().Secrets("rollguard").Get(t.Context(), "rollguard-certificates", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func filled(t *testing.T) bool { s := secret(t); return s != nil && len(s.Data["tls.crt"]) > 0 }

// bundle is what the API server trusts.
func bundle(t *testing.T) string {
	t.Helper()
	c, err := world.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(t.Context(), "rollguard", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return string(c.Webhooks[0].ClientConfig.CABundle)
}

func TestAnUpgradeKeepsCertificatesAndAnUninstallLeavesNothingBehind(t *testing.T) {
	namespace(t, "rollguard", nil)
	before := inventory(t)
	helm(t, "install", "rollguard", chartDir(t), "--namespace", "rollguard", "--set", "metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true")
	startWebhook(t)
	eventually(t, "the API server trusts the webhook", func() bool { return filled(t) && bundle(t) != "" })
	authority, trusted := string(secret(t).Data["ca.crt"]), bundle(t)

	helm(t, "upgrade", "rollguard", chartDir(t), "--namespace", "rollguard", "--set", "replicas=3,networkPolicy.enabled=true")
	if !filled(t) || string(secret(t).Data["ca.crt"]) != authority || bundle(t) != trusted {
		t.Error("an upgrade changed the certificates")
	}

	// A person at 3 a.m. deletes the Secret: it is written again, and not forgotten later.
	if err := world.clients.CoreV1().Secrets("rollguard").Delete(t.Context(), "rollguard-certificates", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the Secret is written again", func() bool { return filled(t) })
	if string(secret(t).Data["ca.crt"]) != authority {
		t.Error("the Secret came back with another authority")
	}

	// The webhook runs on meanwhile, as Pods do for their grace period.
	uninstall(t)
	nothingLeft(t, before)
}

func TestDeletingThePlainManifestLeavesNothingBehind(t *testing.T) {
	manifest := render(t)
	namespace(t, "rollguard", nil)
	before := inventory(t)
	if _, err := install.Kubectl(t.Context(), world.plane, manifest, "apply", "-f", "-"); err != nil {
		t.Fatal(err)
	}
	startWebhook(t)
	eventually(t, "the API server trusts the webhook", func() bool { return filled(t) && bundle(t) != "" })
	// Applying again, as people do, empties nothing.
	trusted := bundle(t)
	if _, err := install.Kubectl(t.Context(), world.plane, manifest, "apply", "-f", "-"); err != nil {
		t.Fatal(err)
	}
	if !filled(t) || bundle(t) != trusted {
		t.Error("a second apply changed the certificates")
	}
	// The order of the file with its namespace: that goes first, and takes the Secret
	// with it. Nothing deletes the content of a namespace here, so it stays out.
	reversed := objects(t, manifest)
	slices.Reverse(reversed)
	for _, o := range reversed {
		args := []string{"delete", "--wait=false", o.GetKind(), o.GetName()}
		if o.GetNamespace() != "" {
			args = append(args, "--namespace", o.GetNamespace())
		}
		if _, err := install.Kubectl(t.Context(), world.plane, nil, args...); err != nil {
			t.Fatal(err)
		}
	}
	finalize(t.Context(), t)
	nothingLeft(t, before)
}
