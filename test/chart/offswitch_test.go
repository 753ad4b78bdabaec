package chart

import (
	"os"
	"regexp"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/install"
)

const web = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: 8,
selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app,
image: web, ports: [{containerPort: 8080}]}]}}}}`

// write tries to store a Deployment in the labelled namespace.
func write(t *testing.T) error {
	t.Helper()
	_, err := install.Kubectl(t.Context(), world.plane, []byte(web), "create", "--dry-run=server", "-f", "-")
	return err
}

// documentedSwitch reads the off switch from the guide, so that what is tested is what
// a person will type.
func documentedSwitch(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/guides/uninstall.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^kubectl (delete mutatingwebhookconfiguration \S+)$`).FindSubmatch(raw)
	if found == nil {
		t.Fatal("docs/guides/uninstall.md does not have the off switch on a line of its own")
	}
	return strings.Fields(string(found[1]))
}

// The worst case: writes are refused when nobody answers, and nobody answers.
func TestOneCommandSwitchesOffWhenEverythingIsBroken(t *testing.T) {
	namespace(t, "rollguard", nil)
	namespace(t, "shop", map[string]string{"rollguard.io/inject": "enabled"})
	helm(t, "install", "rollguard", chartDir(t), "--namespace", "rollguard", "--set", "webhook.failurePolicy=Fail,webhook.timeoutSeconds=1")
	defer uninstall(t)
	eventually(t, "writes are refused", func() bool {
		err := write(t)
		return err != nil && strings.Contains(err.Error(), "failed calling webhook")
	})
	if _, err := install.Kubectl(t.Context(), world.plane, nil, documentedSwitch(t)...); err != nil {
		t.Fatal(err)
	}
	eventually(t, "writes pass", func() bool { return write(t) == nil })

	// The next upgrade switches it on again, and a value keeps it off.
	helm(t, "upgrade", "rollguard", chartDir(t), "--namespace", "rollguard", "--set", "webhook.failurePolicy=Fail,webhook.timeoutSeconds=1")
	eventually(t, "writes are refused again", func() bool { return write(t) != nil })
	helm(t, "upgrade", "rollguard", chartDir(t), "--namespace", "rollguard", "--reuse-values", "--set", "webhook.enabled=false")
	eventually(t, "writes pass again", func() bool { return write(t) == nil })
	_, err := world.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(t.Context(), "rollguard", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("webhook.enabled=false leaves the configuration: %v", err)
	}
}

// Without Fail, a dead webhook costs the time-out and nothing else; and what the API
// server then counts is what alerts and dashboard ask for.
func TestADeadWebhookStopsNoWriteAndIsCounted(t *testing.T) {
	namespace(t, "rollguard", nil)
	namespace(t, "shop", map[string]string{"rollguard.io/inject": "enabled"})
	helm(t, "install", "rollguard", chartDir(t), "--namespace", "rollguard", "--set", "webhook.timeoutSeconds=1")
	defer uninstall(t)
	eventually(t, "the API server counts that it failed open", func() bool {
		if err := write(t); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(apiServerMetrics(t), "\napiserver_admission_webhook_fail_open_count{name=\"deployments.rollguard.io\"")
	})
	helm(t, "upgrade", "rollguard", chartDir(t), "--namespace", "rollguard", "--set", "webhook.timeoutSeconds=1,webhook.failurePolicy=Fail")
	eventually(t, "the API server counts that it refused", func() bool {
		return write(t) != nil && strings.Contains(apiServerMetrics(t), "\napiserver_admission_webhook_rejection_count{")
	})
	ask(t, apiServerMetrics(t), ofTheAPIServer)
}

func apiServerMetrics(t *testing.T) string {
	t.Helper()
	raw, err := world.clients.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
