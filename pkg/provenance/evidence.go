package provenance

import (
	"slices"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

// Answer says who wrote a field.
type Answer string

// The answers.
const (
	// Ours: the record says that Rollguard wrote it, and the value still is that.
	Ours Answer = "ours"
	// Authored: somebody wrote it on purpose.
	Authored Answer = "authored"
	// Defaulted: nobody wrote it.
	Defaulted Answer = "defaulted"
	// Unknown: the value equals the API default and nothing tells whether it was
	// written. It is treated as defaulted; the keep annotation protects what was
	// meant.
	Unknown Answer = "unknown"
)

// lastApplied is written by client-side kubectl apply and by Argo CD.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Evidence is what one object tells about the authorship of its fields.
type Evidence struct {
	deployment *workload.Deployment
	ours       []workload.Path
	// applied are the fieldsV1 of the Apply entries.
	applied []*fastjson.Value
	// manifest is the last-applied configuration, nil without one.
	manifest *fastjson.Value
}

// Gather reads the evidence. Several records may be given, as on an update the old
// object's record still holds for what was carried over.
func Gather(d *workload.Deployment, records ...Record) *Evidence {
	e := &Evidence{deployment: d}
	for _, r := range records {
		for p := range r.values {
			if !slices.Contains(e.ours, p) && r.Proves(p, d.Get(p)) {
				e.ours = append(e.ours, p)
			}
		}
	}
	slices.Sort(e.ours)
	for _, entry := range d.Raw().GetArray("metadata", "managedFields") {
		if string(entry.GetStringBytes("operation")) == "Apply" && len(entry.GetStringBytes("subresource")) == 0 {
			if set := entry.Get("fieldsV1"); set != nil {
				e.applied = append(e.applied, set)
			}
		}
	}
	if text := d.Annotations[lastApplied]; text != "" {
		var parser fastjson.Parser
		if manifest, err := parser.Parse(text); err == nil {
			e.manifest = manifest
		}
	}
	return e
}

// IsManifest says that the object is its author's manifest, read from a file: what is
// in it was written on purpose.
func (e *Evidence) IsManifest() { e.manifest = e.deployment.Raw() }

// Ours are the fields that the records prove to be Rollguard's, sorted.
func (e *Evidence) Ours() []workload.Path { return e.ours }

// Of says who wrote a field. Fields without an API default (probes, hooks) are
// authored whenever they are there and not ours.
func (e *Evidence) Of(p workload.Path) Answer {
	if slices.Contains(e.ours, p) {
		return Ours
	}
	value := e.deployment.Get(p)
	byDefault := p.APIDefault()
	switch {
	case byDefault == "" && value == nil:
		return Defaulted
	case byDefault == "", value != nil && string(value.MarshalTo(nil)) != byDefault:
		return Authored
	case e.written(p):
		return Authored
	case value == nil, len(e.applied) > 0, e.manifest != nil:
		return Defaulted
	}
	return Unknown
}

// written tells whether an author's own manifest has the field. It is asked only for
// fields outside containers, as only those have defaults.
func (e *Evidence) written(p workload.Path) bool {
	if e.manifest == nil && len(e.applied) == 0 {
		return false
	}
	keys := e.deployment.Keys(p)
	if v := e.manifest.Get(keys...); v != nil && v.Type() != fastjson.TypeNull {
		return true
	}
	owned := make([]string, len(keys))
	for i, key := range keys {
		owned[i] = "f:" + key
	}
	for _, set := range e.applied {
		if set.Get(owned...) != nil {
			return true
		}
	}
	return false
}
