package policy

import (
	"fmt"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/workload"
)

// gather finds out who wrote what: in the new object, and in the stored one.
func (e *evaluation) gather() {
	own, old := e.record(e.in.New), e.in.Old
	records := []provenance.Record{own}
	if old != nil {
		e.previous = provenance.Recorded(old, own)
		if old.Annotations[api.AnnotationInjected] != e.in.New.Annotations[api.AnnotationInjected] {
			stored := e.record(old)
			e.previous = provenance.Recorded(old, stored, own.WithoutAuthors())
			if own.Len() > 0 {
				stored = stored.WithoutAuthors()
			}
			records = append(records, stored)
		}
		names := e.in.New.Renames(old)
		for i := range records {
			records[i] = records[i].Renamed(names)
		}
	}
	e.evidence = provenance.Gather(e.in.New, provenance.Stored{Deployment: old, Proven: e.previous}, records...)
	if own.Len() == 0 && old != nil {
		e.evidence.DisownDefaults(e.in.New) // a whole manifest took the place of what is stored
	}
	if e.in.Manifest {
		e.evidence.IsManifest()
	}
	e.author = e.authorsOwn()
}

func (e *evaluation) record(d *workload.Deployment) provenance.Record {
	r, err := provenance.ParseRecord(d.Annotations[api.AnnotationInjected])
	if err != nil && d == e.in.New {
		e.find(Skipped, RecordUnreadable, "", fmt.Sprintf("annotation %s cannot be read and is not used: %v", api.AnnotationInjected, err))
	}
	return r
}

func (e *evaluation) sameAuthorTemplate() bool {
	now, before := e.evidence.Proven, e.previous
	return workload.SameAuthorTemplate(
		workload.Authored{Deployment: e.in.New, Without: now.Paths(), Instead: now.Instead()},
		workload.Authored{Deployment: e.in.Old, Without: before.Paths(), Instead: before.Instead()},
	)
}

// authorsOwn is the Deployment as its author wrote it.
func (e *evaluation) authorsOwn() *workload.Deployment {
	own := e.in.New.Without(e.evidence.Paths())
	for p, v := range e.evidence.Instead() {
		if with, err := own.With(p, v.MarshalTo(nil)); err == nil {
			own = with
		}
	}
	return own
}
