package selfsigned

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

func TestBundlePatchChangesNothingElse(t *testing.T) {
	path := "/mutate"
	before := admissionv1.MutatingWebhookConfiguration{Webhooks: []admissionv1.MutatingWebhook{
		{Name: "a", ClientConfig: admissionv1.WebhookClientConfig{Service: &admissionv1.ServiceReference{Name: "s", Path: &path}}},
		{Name: "b", ClientConfig: admissionv1.WebhookClientConfig{CABundle: []byte("old")}, AdmissionReviewVersions: []string{"v1"}},
	}}
	original := must(json.Marshal(before))
	patch := must(bundlePatch("7", []hook{{"b", []byte("new")}}))
	patched := must(strategicpatch.StrategicMergePatch(original, patch, admissionv1.MutatingWebhookConfiguration{}))
	var after admissionv1.MutatingWebhookConfiguration
	if err := json.Unmarshal(patched, &after); err != nil {
		t.Fatal(err)
	}
	if after.ResourceVersion != "7" || string(after.Webhooks[1].ClientConfig.CABundle) != "new" {
		t.Errorf("got %s", patched)
	}
	after.Webhooks[1].ClientConfig.CABundle = []byte("old")
	after.TypeMeta, after.ResourceVersion = before.TypeMeta, ""
	if got := must(json.Marshal(after)); string(got) != string(original) {
		t.Errorf("got %s, want %s", got, original)
	}
}

func TestErrorsNameTheObjectAndMarkLostRaces(t *testing.T) {
	resource := schema.GroupResource{Resource: "secrets"}
	a := &apiServer{namespace: "ns", secret: "name"}
	for _, tc := range []struct {
		name  string
		verb  string
		err   error
		raced bool
	}{
		{"a conflict is a lost race", "patch", apierrors.NewConflict(resource, "name", errors.New("old")), true},
		{"an object that was made meanwhile is a lost race", "create", apierrors.NewAlreadyExists(resource, "name"), true},
		{"an object that was deleted meanwhile is a lost race", "patch", apierrors.NewNotFound(resource, "name"), true},
		{"a namespace that is absent is not", "create", apierrors.NewNotFound(resource, "name"), false},
		{"a missing permission is not", "patch", apierrors.NewForbidden(resource, "name", nil), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := a.about(tc.verb, a.secretName(), tc.err)
			if errors.Is(err, errRaced) != tc.raced || !errors.Is(err, tc.err) || !strings.HasPrefix(err.Error(), tc.verb+" secret ns/name: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNewNamesTheOptionsThatAreMissing(t *testing.T) {
	_, err := New(Options{Settle: DefaultAuthorityLife, Overlap: -1})
	for _, want := range []string{"Secrets is not set", "DNSNames is not set", "Overlap is negative", "Settle 8760h0m0s leaves no time"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
