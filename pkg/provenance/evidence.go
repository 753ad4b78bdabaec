package provenance

import (
	"github.com/rollguard/rollguard/pkg/workload"
)

// Answer says who wrote a field.
type Answer string

// The answers.
const (
	// Ours: the record says that Rollguard wrote it, the value still is that, and no
	// manifest of the author's claims the field.
	Ours Answer = "ours"
	// Authored: somebody wrote it on purpose, though mode enforce may have corrected it.
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
	Proven
	deployment *workload.Deployment
	records    []Record
	authors    []author
	before     Stored
}

// Stored is the object of before the write; nothing on create.
type Stored struct {
	// Proven are those of its fields that the records prove to be ours: see [Recorded].
	Proven
	Deployment *workload.Deployment
}

// applies tells whether somebody had applied the field.
func (s Stored) applies(p workload.Path) bool {
	return s.Deployment != nil && appliedIn(s.Deployment, p)
}

// replaced tells whether somebody had applied another value than ours, which was stored
// in its place: the API's default of the grace period, or what mode enforce corrected.
func (s Stored) replaced(p workload.Path) bool {
	return s.Has(p) && (p == workload.GracePeriod || s.Author(p) != nil) && s.applies(p)
}

// Gather reads the evidence. Several records may be given, as on an update the old
// object's record still holds for what was carried over; the first that speaks of a
// field decides.
func Gather(d *workload.Deployment, before Stored, records ...Record) *Evidence {
	e := &Evidence{deployment: d, records: records, authors: authorsOf(d, before), before: before}
	e.Proven = proven(d, records, e.claimed)
	return e
}

// Recorded are the fields of a stored object that the records prove to be ours,
// whatever manifests claim: an author may ask for an API default that we do not store
// until his next rollout.
func Recorded(d *workload.Deployment, records ...Record) Proven {
	return proven(d, records, func(workload.Path) bool { return false })
}

// IsManifest says that the object is its author's manifest, read from a file: what is
// in it was written on purpose.
func (e *Evidence) IsManifest() {
	e.authors = append(e.authors, manifest{e.deployment.Raw()})
}

// Stated tells whether an author's manifest has the field with the value that is there,
// even one that was rendered by Rollguard or exported from a cluster.
func (e *Evidence) Stated(p workload.Path) bool {
	for _, a := range e.authors {
		if a.means(p, e.deployment.Get(p)) {
			return true
		}
	}
	return false
}

// Adopted tells whether the author has applied, with this write, a value that was ours.
func (e *Evidence) Adopted(p workload.Path) bool {
	return !e.Has(p) && !e.before.applies(p) && appliedIn(e.deployment, p)
}

// Of says who wrote a field. Fields without an API default (probes, hooks) are
// authored whenever they are there and not ours.
func (e *Evidence) Of(p workload.Path) Answer {
	switch {
	case e.Author(p) != nil:
		return Authored
	case e.Has(p):
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
