package sequence_test

import (
	"encoding/json"
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/rollguard/rollguard/test/sequence"
)

// server does to a Deployment what an API server does before admission, with the
// parts of it that are published: patches, and the owners of fields.
type server struct{ fields *managedfields.FieldManager }

func newServer() (*server, error) {
	kind := appsv1.SchemeGroupVersion.WithKind("Deployment")
	fields, err := managedfields.NewDefaultFieldManager(applyconfigurations.NewTypeConverter(scheme.Scheme),
		scheme.Scheme, noDefaults{}, scheme.Scheme, kind, kind.GroupVersion(), "", nil)
	return &server{fields}, err
}

// noDefaults: they are filled in afterwards.
type noDefaults struct{}

func (noDefaults) Default(runtime.Object) {}

// submit is what a request makes of the stored object; stored is nil on create.
func (s *server) submit(stored *appsv1.Deployment, w sequence.Write) (*appsv1.Deployment, error) {
	live := &appsv1.Deployment{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}}
	if stored != nil {
		live = stored.DeepCopy()
	}
	var out runtime.Object
	var err error
	if w.Type == types.ApplyPatchType {
		var manifest unstructured.Unstructured
		if err := manifest.UnmarshalJSON(w.Body); err != nil {
			return nil, err
		}
		out, err = s.fields.Apply(live, &manifest, w.Manager, true)
	} else {
		var next *appsv1.Deployment
		if next, err = patched(live, w); err != nil {
			return nil, err
		}
		withDefaults(next)
		out, err = s.fields.Update(live, next, w.Manager)
	}
	if err != nil {
		return nil, err
	}
	d, err := typed(out)
	if err == nil {
		withDefaults(d)
	}
	return d, err
}

// patched is the object that the request's author wants.
func patched(live *appsv1.Deployment, w sequence.Write) (*appsv1.Deployment, error) {
	now, err := json.Marshal(live)
	if err != nil {
		return nil, err
	}
	next := w.Body
	switch w.Type {
	case types.JSONPatchType:
		operations, err := jsonpatch.DecodePatch(w.Body)
		if err != nil {
			return nil, err
		}
		if next, err = operations.Apply(now); err != nil {
			return nil, err
		}
	case types.MergePatchType:
		next, err = jsonpatch.MergePatch(now, w.Body)
	case types.StrategicMergePatchType:
		next, err = strategicpatch.StrategicMergePatch(now, w.Body, appsv1.Deployment{})
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", w.Type, w.Body, err)
	}
	return typed(json.RawMessage(next))
}

// typed has only what the API knows, as everything that an API server stores.
func typed(o any) (*appsv1.Deployment, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	d := new(appsv1.Deployment)
	if err := json.Unmarshal(text, d); err != nil {
		return nil, err
	}
	d.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}
	return d, nil
}
