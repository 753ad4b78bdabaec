package selfprobe

import (
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/rollguard/rollguard/pkg/api"
)

// Entry finds a webhook of the configuration by name, nil when there is none.
func Entry(c *admissionregistrationv1.MutatingWebhookConfiguration, name string) *admissionregistrationv1.MutatingWebhook {
	for i := range c.Webhooks {
		if c.Webhooks[i].Name == name {
			return &c.Webhooks[i]
		}
	}
	return nil
}

// maxTimeout is how long the API server may wait for us, in seconds: everybody's write
// waits with it.
const maxTimeout = 5

// Differences are the ways in which a configuration with [MainWebhook] is not as
// Rollguard's manifest has it, as far as that matters: each is one sentence.
func Differences(c *admissionregistrationv1.MutatingWebhookConfiguration) []error {
	w := Entry(c, MainWebhook)
	var out []error
	unless := func(fine bool, format string, args ...any) {
		if !fine {
			out = append(out, fmt.Errorf("webhook "+MainWebhook+" "+format, args...))
		}
	}
	unless(matchesDeployments(w, admissionregistrationv1.Create) && matchesDeployments(w, admissionregistrationv1.Update),
		"is not called for CREATE and UPDATE of apps/v1 deployments")
	enabled := labels.Set{api.LabelInject: api.InjectEnabled, corev1.LabelMetadataName: "any"}
	unless(selects(w.NamespaceSelector, enabled), "is not called for namespaces with the label %s=%s and no other", api.LabelInject, api.InjectEnabled)
	unless(selects(w.ObjectSelector, labels.Set{"app": "any"}), "is not called for Deployments with any labels")
	unless(w.FailurePolicy != nil && *w.FailurePolicy == admissionregistrationv1.Ignore,
		"has a failurePolicy other than Ignore, so writes are refused while it is away")
	unless(w.TimeoutSeconds != nil && *w.TimeoutSeconds <= maxTimeout, "may hold up a write for more than %d s", maxTimeout)
	unless(len(w.ClientConfig.CABundle) > 0, "has no caBundle yet")
	unless(Entry(c, ProbeWebhook) != nil, "has no %s beside it, so the self-probe cannot tell why it is not reached", ProbeWebhook)
	return out
}

func matchesDeployments(w *admissionregistrationv1.MutatingWebhook, operation admissionregistrationv1.OperationType) bool {
	has := func(list []string, word string) bool {
		return slices.Contains(list, word) || slices.Contains(list, "*")
	}
	for i := range w.Rules {
		r := &w.Rules[i]
		if has(r.APIGroups, "apps") && has(r.APIVersions, "v1") && has(r.Resources, "deployments") &&
			(slices.Contains(r.Operations, operation) || slices.Contains(r.Operations, admissionregistrationv1.OperationAll)) {
			return true
		}
	}
	return false
}

// selects tells whether a selector takes an object that has these labels, and those
// that any object may have. None takes everything.
func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	if selector == nil {
		return true
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(set)
}
