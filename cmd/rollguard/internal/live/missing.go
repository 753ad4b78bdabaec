package live

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The webhook configuration as the chart calls it, and the label by which one with another
// name is found.
const (
	configurationName  = "rollguard"
	configurationLabel = "app.kubernetes.io/name=rollguard"
)

// WebhookMissing tells whether the API server calls no Rollguard, as there is no webhook
// configuration of it. Where that may not be read, it is not known to be missing.
func (c *Cluster) WebhookMissing(ctx context.Context) bool {
	configurations := c.clients.AdmissionregistrationV1().MutatingWebhookConfigurations()
	if _, err := configurations.Get(ctx, configurationName, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return false
	}
	labelled, err := configurations.List(ctx, metav1.ListOptions{LabelSelector: configurationLabel, Limit: 1})
	return err == nil && len(labelled.Items) == 0
}
