package selfprobe_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/selfprobe"
)

// manifest is the configuration of deploy/rollguard.yaml, trusted.
func manifest(t *testing.T) *admissionregistrationv1.MutatingWebhookConfiguration {
	t.Helper()
	raw, err := os.ReadFile("../../deploy/rollguard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(raw), "\n---\n") {
		if !strings.Contains(text, "kind: MutatingWebhookConfiguration") {
			continue
		}
		c := &admissionregistrationv1.MutatingWebhookConfiguration{}
		if err := yaml.UnmarshalStrict([]byte(text), c); err != nil {
			t.Fatal(err)
		}
		for i := range c.Webhooks {
			c.Webhooks[i].ClientConfig.CABundle = []byte("a bundle")
		}
		return c
	}
	t.Fatal("deploy/rollguard.yaml has no MutatingWebhookConfiguration")
	return nil
}

func TestTheManifestsOwnConfigurationHasNoDifferences(t *testing.T) {
	if found := selfprobe.Differences(manifest(t)); len(found) > 0 {
		t.Error(errors.Join(found...))
	}
}

func TestEachDifferenceOfTheConfigurationIsNamed(t *testing.T) {
	fail, slow := admissionregistrationv1.Fail, int32(30)
	for name, tc := range map[string]struct {
		change func(*admissionregistrationv1.MutatingWebhook)
		want   string
	}{
		"updates are left out": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.Rules[0].Operations = []admissionregistrationv1.OperationType{admissionregistrationv1.Create}
		}, "is not called for CREATE and UPDATE of apps/v1 deployments"},
		"another resource": {func(w *admissionregistrationv1.MutatingWebhook) { w.Rules[0].Resources = []string{"daemonsets"} },
			"is not called for CREATE and UPDATE of apps/v1 deployments"},
		"another label": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "a"}}
		}, "is not called for namespaces with the label rollguard.io/inject=enabled and no other"},
		"one label more": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.NamespaceSelector.MatchLabels = map[string]string{"team": "a"}
		}, "is not called for namespaces with the label rollguard.io/inject=enabled and no other"},
		"only some Deployments": {func(w *admissionregistrationv1.MutatingWebhook) {
			w.ObjectSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"guard": "me"}}
		}, "is not called for Deployments with any labels"},
		"it fails closed":      {func(w *admissionregistrationv1.MutatingWebhook) { w.FailurePolicy = &fail }, "has a failurePolicy other than Ignore"},
		"it holds up writes":   {func(w *admissionregistrationv1.MutatingWebhook) { w.TimeoutSeconds = &slow }, "may hold up a write for more than 5 s"},
		"nobody trusts it yet": {func(w *admissionregistrationv1.MutatingWebhook) { w.ClientConfig.CABundle = nil }, "has no caBundle yet"},
	} {
		t.Run(name, func(t *testing.T) {
			c := manifest(t)
			tc.change(selfprobe.Entry(c, selfprobe.MainWebhook))
			found := selfprobe.Differences(c)
			if len(found) != 1 || !strings.Contains(found[0].Error(), tc.want) {
				t.Errorf("found %v, want one: %s", found, tc.want)
			}
		})
	}
}

func TestAConfigurationWithoutTheProbesEntryIsSaidSo(t *testing.T) {
	c := manifest(t)
	c.Webhooks = c.Webhooks[:1]
	if found := selfprobe.Differences(c); len(found) != 1 || !strings.Contains(found[0].Error(), "probe.rollguard.io") {
		t.Errorf("found %v", found)
	}
}

func TestEachStatusButOKHasAdvice(t *testing.T) {
	for _, s := range selfprobe.Statuses() {
		if (s.Advice() == "") != (s == selfprobe.OK) {
			t.Errorf("%s: advice %q", s, s.Advice())
		}
	}
}
