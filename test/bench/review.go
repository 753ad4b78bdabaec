package bench

import (
	"encoding/json"
	"fmt"

	jsonpatch "github.com/evanphx/json-patch/v5"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// review is the AdmissionReview of an update, as the API server posts it.
func review(before, after []byte) ([]byte, error) {
	no := false
	kind := metav1.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}
	resource := metav1.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	body, err := json.Marshal(&admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID:         types.UID("e1a0c1de-7c55-4a0b-b7a5-0f1f5d4b9c21"),
			Kind:        kind,
			RequestKind: &kind,
			Resource:    resource, RequestResource: &resource,
			Name: appName, Namespace: namespaceName, Operation: admissionv1.Update,
			UserInfo:  authenticationv1.UserInfo{Username: "system:serviceaccount:cd:deployer", Groups: []string{"system:serviceaccounts", "system:authenticated"}},
			Object:    runtime.RawExtension{Raw: after},
			OldObject: runtime.RawExtension{Raw: before},
			DryRun:    &no,
			Options:   runtime.RawExtension{Raw: []byte(`{"kind":"UpdateOptions","apiVersion":"meta.k8s.io/v1"}`)},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("encode the review: %w", err)
	}
	return body, nil
}

// Answer is the response of a webhook, decoded.
func Answer(body []byte) (*admissionv1.AdmissionResponse, error) {
	var decoded admissionv1.AdmissionReview
	if err := json.Unmarshal(body, &decoded); err != nil {
		return nil, fmt.Errorf("decode the answer: %w", err)
	}
	if decoded.Response == nil || !decoded.Response.Allowed {
		return nil, fmt.Errorf("the write was refused: %s", body)
	}
	return decoded.Response, nil
}

// patched applies the patch of an answer as an API server does, with the library
// that it uses.
func patched(object []byte, answer *admissionv1.AdmissionResponse) ([]byte, error) {
	if len(answer.Patch) == 0 {
		return object, nil
	}
	operations, err := jsonpatch.DecodePatch(answer.Patch)
	if err != nil {
		return nil, fmt.Errorf("decode the patch: %w", err)
	}
	out, err := operations.Apply(object)
	if err != nil {
		return nil, fmt.Errorf("apply the patch: %w", err)
	}
	return out, nil
}
