package workload

import (
	"fmt"

	"github.com/valyala/fastjson"
)

// Reader reads Deployments from JSON. The zero value is ready. A Reader is not safe
// for concurrent use, and the Deployment it returned last becomes invalid with the
// next call of Read: keep one Reader for each object that must live at the same
// time, and reuse Readers to save memory.
type Reader struct {
	parser fastjson.Parser
}

// Read makes the view of one apps/v1 Deployment. The JSON is expected to be valid,
// as everything is that an API server sends. A field of the wrong type is an error
// that names it.
func (r *Reader) Read(raw []byte) (*Deployment, error) {
	doc, err := r.parser.ParseBytes(raw)
	if err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	return FromValue(doc)
}

// FromValue makes the view of a Deployment that is parsed already.
func FromValue(doc *fastjson.Value) (*Deployment, error) {
	if doc.Type() != fastjson.TypeObject {
		return nil, fmt.Errorf("deployment: a JSON %s where an object is expected", doc.Type())
	}
	f := fields{}
	d := &Deployment{doc: doc}
	metadata, spec := f.object(doc, "metadata"), f.object(doc, "spec")
	f.metadata(d, metadata)
	f.spec(d, spec)
	if f.err != nil {
		return nil, fmt.Errorf("deployment %s/%s: %w", d.Namespace, d.Name, f.err)
	}
	return d, nil
}

// Stored makes the view of a stored Deployment that is only looked at for what it
// was: its metadata, its replicas, and where its fields are. All else in the view stays empty; ask
// the raw object through [Deployment.Get].
func Stored(doc *fastjson.Value) (*Deployment, error) {
	if doc.Type() != fastjson.TypeObject {
		return nil, fmt.Errorf("deployment: a JSON %s where an object is expected", doc.Type())
	}
	f := fields{}
	d := &Deployment{doc: doc}
	top := f.object(doc, "spec")
	spec := f.object(f.object(top, "template"), "spec")
	f.metadata(d, f.object(doc, "metadata"))
	f.at = "spec"
	d.Replicas = f.seconds(top, "replicas", 1)
	f.at = "spec.template.spec"
	for _, c := range f.array(spec, "containers") {
		d.Template.Containers = append(d.Template.Containers, Container{Name: f.text(c, "name")})
	}
	if f.err != nil {
		return nil, fmt.Errorf("deployment %s/%s: %w", d.Namespace, d.Name, f.err)
	}
	return d, nil
}

// Get is the raw value of a field, or nil where the object lacks it. A null is
// nothing: an API server drops it, and templates of manifests often leave one.
func (d *Deployment) Get(p Path) *fastjson.Value {
	v := d.get(p)
	if v == nil || v.Type() == fastjson.TypeNull {
		return nil
	}
	return v
}

// Raw is the whole object as it was read. Whoever changes it must not use the view
// any more.
func (d *Deployment) Raw() *fastjson.Value { return d.doc }
