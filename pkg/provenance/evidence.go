package provenance

import (
	"slices"

	"github.com/rollguard/rollguard/pkg/workload"
)

// Answer says who wrote a field.
type Answer string

// The answers.
const (
	// Ours: the record says that Rollguard wrote it, the value still is that, and no
	// manifest of the author's claims the field.
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

// Evidence is what one object tells about the authorship of its fields.
type Evidence struct {
	deployment *workload.Deployment
	ours       []workload.Path
	records    []Record
	authors    []author
}

// Gather reads the evidence. Several records may be given, as on an update the old
// object's record still holds for what was carried over.
func Gather(d *workload.Deployment, records ...Record) *Evidence {
	e := &Evidence{deployment: d, records: records, authors: authorsOf(d)}
	e.gather(records)
	return e
}

func (e *Evidence) gather(records []Record) {
	for _, r := range records {
		for p := range r.values {
			if !slices.Contains(e.ours, p) && r.Proves(p, e.deployment.Get(p)) && !e.claimed(p) {
				e.ours = append(e.ours, p)
			}
		}
	}
	slices.Sort(e.ours)
}

// Recorded are the fields of a stored object that the records prove to be ours, sorted,
// whatever manifests claim: an author may ask for an API default that we do not store
// until his next rollout.
func Recorded(d *workload.Deployment, records ...Record) []workload.Path {
	e := &Evidence{deployment: d}
	e.gather(records)
	return e.ours
}

// IsManifest says that the object is its author's manifest, read from a file: what is
// in it was written on purpose.
func (e *Evidence) IsManifest() {
	e.authors = append(e.authors, manifest{e.deployment.Raw()})
}

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
	case value == nil, len(e.authors) > 0:
		return Defaulted
	}
	return Unknown
}

// written tells whether an author's manifest has the field.
func (e *Evidence) written(p workload.Path) bool {
	for _, a := range e.authors {
		if a.writes(p) {
			return true
		}
	}
	return false
}

// claimed tells whether an author's manifest has the field and means it as his own. A
// manifest that carries our record was rendered by Rollguard and then committed: what
// the record lists in it is still ours. So is what the manifest has otherwise: an undo
// brings back an older template, and leaves last-applied as it is.
func (e *Evidence) claimed(p workload.Path) bool {
	for _, a := range e.authors {
		if a.means(p, e.deployment.Get(p)) && !a.carriesRecord() {
			return true
		}
	}
	return false
}
