package pods

import (
	"errors"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func installSelfSigned(t *testing.T, flags ...string) {
	t.Helper()
	do(t, guide(t, "install.md", "helm install rollguard deploy/helm/rollguard --namespace rollguard --create-namespace"), flags...)
}

// renewSelfSigned deletes what Rollguard keeps: the replicas write it again, with the
// rights that the chart gives them, and go on serving.
func renewSelfSigned(t *testing.T) {
	t.Helper()
	do(t, "kubectl -n rollguard delete secret rollguard-certificates")
	eventually(t, "the Secret is written again", func() error {
		if s := secret(t, "rollguard-certificates"); s["tls.crt"] == "" || s["ca.crt"] == "" {
			return errors.New("it is not there, or empty")
		}
		return nil
	})
}

// bundle is what the API server trusts.
func bundle(t *testing.T) string {
	t.Helper()
	c, err := world.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(t.Context(), "rollguard", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return string(c.Webhooks[0].ClientConfig.CABundle)
}
