package admission

import (
	"errors"
	"fmt"

	"github.com/valyala/fastjson"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/pkg/decision"
)

// Request is what is used of an admissionv1.AdmissionRequest.
type Request struct {
	UID                          types.UID
	Operation                    admissionv1.Operation
	Namespace, Name              string
	Group, Resource, SubResource string
	DryRun                       bool
	// Objects are the new and the old object; they belong to the parsed review.
	Objects decision.Parsed
}

func (r *Request) subject() subject { return subject{r.Namespace, r.Name} }

// readReview reads an admission.k8s.io/v1 AdmissionReview. The review is parsed once,
// as a tree: decoding it into types and each object in it again would take longer
// than all that is decided (docs/adr/0006).
func readReview(t *trees, body []byte) (*Request, error) {
	review, err := t.review.ParseBytes(body)
	if err != nil {
		return nil, fmt.Errorf("admission review: %w", err)
	}
	if version, kind := text(review, "apiVersion"), text(review, "kind"); version != "admission.k8s.io/v1" || kind != "AdmissionReview" {
		return nil, fmt.Errorf("apiVersion %.64q, kind %.64q: expected an AdmissionReview of admission.k8s.io/v1", version, kind)
	}
	v := review.Get("request")
	if v == nil || v.Type() != fastjson.TypeObject {
		return nil, errors.New("the admission review has no request")
	}
	req := &Request{
		UID:         types.UID(text(v, "uid")),
		Operation:   admissionv1.Operation(text(v, "operation")),
		Namespace:   text(v, "namespace"),
		Name:        text(v, "name"),
		Group:       text(v, "resource", "group"),
		Resource:    text(v, "resource", "resource"),
		SubResource: text(v, "subResource"),
		DryRun:      v.GetBool("dryRun"),
		Objects: decision.Parsed{
			New:   object(v, "object"),
			Old:   object(v, "oldObject"),
			Bytes: len(body),
			Fresh: func() (*fastjson.Value, error) {
				again, err := t.proof.ParseBytes(body)
				return again.Get("request", "object"), err
			},
		},
	}
	if req.UID == "" {
		return nil, errors.New("the admission request has no uid")
	}
	return req, nil
}

func text(v *fastjson.Value, keys ...string) string { return string(v.GetStringBytes(keys...)) }

// object is nil for an absent or null object.
func object(v *fastjson.Value, key string) *fastjson.Value {
	o := v.Get(key)
	if o == nil || o.Type() == fastjson.TypeNull {
		return nil
	}
	return o
}
