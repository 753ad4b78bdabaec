package selfprobe

import (
	"errors"
	"fmt"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/deploy"
)

// Installation says what the chart named after its release.
type Installation struct {
	// Namespace is the webhook's, Probe that of the self-probe.
	Namespace, Probe string
	// Configuration is the MutatingWebhookConfiguration; the Service has the same name.
	Configuration string
}

// manifestName names everything in deploy/rollguard.yaml, also the namespace.
const manifestName = "rollguard"

// expected is the configuration of Rollguard's manifest, for an installation.
func (i Installation) expected() (*admissionregistrationv1.MutatingWebhookConfiguration, error) {
	for text := range strings.SplitSeq(deploy.Manifest(), "\n---\n") {
		if !strings.Contains(text, "\nkind: MutatingWebhookConfiguration\n") {
			continue
		}
		c := &admissionregistrationv1.MutatingWebhookConfiguration{}
		if err := yaml.UnmarshalStrict([]byte(text), c); err != nil {
			return nil, fmt.Errorf("deploy/rollguard.yaml: %w", err)
		}
		for n := range c.Webhooks {
			i.adapt(&c.Webhooks[n])
		}
		return c, nil
	}
	return nil, errors.New("deploy/rollguard.yaml: there is no MutatingWebhookConfiguration")
}

// adapt puts the names of the installation in the place of those of the manifest.
func (i Installation) adapt(w *admissionregistrationv1.MutatingWebhook) {
	w.ClientConfig.Service.Name, w.ClientConfig.Service.Namespace = i.Configuration, i.Namespace
	if w.Name == ProbeWebhook {
		w.NamespaceSelector.MatchLabels[corev1.LabelMetadataName] = i.Probe
		return
	}
	for n := range w.NamespaceSelector.MatchExpressions {
		for k, value := range w.NamespaceSelector.MatchExpressions[n].Values {
			if value == manifestName {
				w.NamespaceSelector.MatchExpressions[n].Values[k] = i.Namespace
			}
		}
	}
}
