package admission_test

import (
	"encoding/json"
	"net/http"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
)

// response is what a body that answers a review holds.
func response(t testing.TB, body []byte) *admissionv1.AdmissionResponse {
	t.Helper()
	var got admissionv1.AdmissionReview
	if err := json.Unmarshal(body, &got); err != nil || got.Response == nil {
		t.Errorf("error %v: %s", err, body)
		return &admissionv1.AdmissionResponse{}
	}
	return got.Response
}

func FuzzAnyBodyGetsAnErrorOrAnAnswerThatFits(f *testing.F) {
	f.Add([]byte(review(f)))
	f.Add([]byte(review(f, func(r *admissionv1.AdmissionRequest) {
		r.Operation, r.OldObject.Raw = admissionv1.Update, []byte(bare)
	})))
	f.Add([]byte(review(f, func(r *admissionv1.AdmissionRequest) { r.Object.Raw = []byte(`{"spec":{"template":null}}`) })))
	f.Add([]byte(review(f, func(r *admissionv1.AdmissionRequest) { r.Object.Raw = []byte(`"x"`) })))
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1"}}`))
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		answered(t, body)
		// A patch is tried on a review without keys that stand twice.
		var plain map[string]any
		if json.Unmarshal(body, &plain) != nil {
			return
		}
		canonical, err := json.Marshal(plain)
		if err != nil {
			return
		}
		resp := answered(t, canonical)
		if resp == nil || len(resp.Patch) == 0 {
			return
		}
		request, _ := plain["request"].(map[string]any)
		object, err := json.Marshal(request["object"])
		if err != nil {
			t.Fatal(err)
		}
		patched(t, string(object), resp.Patch)
	})
}

// answered is nil for what got an HTTP error.
func answered(t *testing.T, body []byte) *admissionv1.AdmissionResponse {
	t.Helper()
	h, counted := newHandler(shop())
	w := post(t, h, string(body))
	if w.Code == http.StatusBadRequest || w.Code == http.StatusRequestEntityTooLarge {
		return nil
	}
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	resp := response(t, w.Body.Bytes())
	if !resp.Allowed || resp.UID == "" || (len(resp.Patch) > 0) != (resp.PatchType != nil) {
		t.Fatalf("response %+v", resp)
	}
	for _, stage := range counted.errors {
		if stage != "read" {
			t.Fatalf("an error of the stage %s: %s", stage, resp.AuditAnnotations["error"])
		}
	}
	return resp
}
