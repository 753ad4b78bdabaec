package selfprobe

import (
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"

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
	unless(selectsLabel(w), "is not called for namespaces with the label %s=%s", api.LabelInject, api.InjectEnabled)
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

// selectsLabel tells whether the selector asks for our label, in either of its forms,
// or for nothing.
func selectsLabel(w *admissionregistrationv1.MutatingWebhook) bool {
	s := w.NamespaceSelector
	if s == nil {
		return true
	}
	if value, ok := s.MatchLabels[api.LabelInject]; ok {
		return value == api.InjectEnabled
	}
	for _, e := range s.MatchExpressions {
		if e.Key == api.LabelInject {
			return slices.Contains(e.Values, api.InjectEnabled)
		}
	}
	return len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0
}
