package certmanager

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestAStatusSaysWhyInCertManagersWords(t *testing.T) {
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name, yaml string
		want       Status
		err        string
	}{
		{
			"a new Certificate", `metadata: {generation: 1}`,
			Status{Reason: "cert-manager has not looked at it yet; is it running?"},
			"Certificate guard/tls is not ready: cert-manager has not looked at it yet; is it running?",
		},
		{
			"one that is being issued", `{metadata: {generation: 1}, status: {conditions: [
			{type: Ready, status: "False", reason: DoesNotExist, message: "Issuing certificate as Secret does not exist", observedGeneration: 1},
			{type: Issuing, status: "True", reason: DoesNotExist, message: "Issuing certificate as Secret does not exist"}]}}`,
			Status{Reason: "DoesNotExist: Issuing certificate as Secret does not exist"},
			"Certificate guard/tls is not ready: DoesNotExist: Issuing certificate as Secret does not exist",
		},
		{
			"one that is ready", `{status: {notAfter: "2027-01-01T00:00:00Z", renewalTime: "2027-01-01T00:00:00Z", conditions: [
			{type: Ready, status: "True", reason: Ready, message: "Certificate is up to date and has not expired"}]}}`,
			Status{Ready: true, Expires: end, Renews: end}, "",
		},
		{
			"one whose renewal failed", `{status: {notAfter: "2027-01-01T00:00:00Z", lastFailureTime: "2026-11-01T00:00:00Z", conditions: [
			{type: Ready, status: "True", reason: Ready}, {type: Issuing, status: "False", reason: Failed, message: "The certificate request has failed to complete and will be retried: issuer is gone"}]}}`,
			Status{Ready: true, Expires: end, Reason: "the attempt of 2026-11-01T00:00:00Z failed: Failed: The certificate request has failed to complete and will be retried: issuer is gone"},
			"Certificate guard/tls is not renewed: the attempt of 2026-11-01T00:00:00Z failed: Failed: The certificate request has failed to complete and will be retried: issuer is gone",
		},
		{
			"what was said of an older specification", `{metadata: {generation: 2}, status: {conditions: [
			{type: Ready, status: "False", reason: Expired, observedGeneration: 1}]}}`,
			Status{Reason: "Expired (said before the Certificate was last changed)"},
			"Certificate guard/tls is not ready: Expired (said before the Certificate was last changed)",
		},
		{
			"a condition without words", `{status: {conditions: [{type: Ready, status: Unknown}]}}`,
			Status{Reason: "the condition Ready is Unknown, without a reason"},
			"Certificate guard/tls is not ready: the condition Ready is Unknown, without a reason",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var u unstructured.Unstructured
			if err := yaml.Unmarshal([]byte(tc.yaml), &u.Object); err != nil {
				t.Fatal(err)
			}
			got, err := decode(&u)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			text := ""
			if err := got.Err("guard", "tls"); err != nil {
				text = err.Error()
			}
			if text != tc.err {
				t.Errorf("got  %s\nwant %s", text, tc.err)
			}
		})
	}
}

func TestACertificateOfAnotherShapeIsAnError(t *testing.T) {
	u := unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"namespace": "guard", "name": "tls"}, "status": "ready"}}
	if _, err := decode(&u); err == nil {
		t.Error("a status that is a word was taken")
	}
}
