package policy

import (
	"fmt"
	"slices"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/workload"
)

// gather finds out who wrote what: in the new object, and in the stored one.
func (e *evaluation) gather() {
	own, old := e.record(e.in.New), e.in.Old
	stored := own
	records := []provenance.Record{own}
	if old != nil {
		e.previous = provenance.Recorded(old, own)
		if old.Annotations[api.AnnotationInjected] != e.in.New.Annotations[api.AnnotationInjected] {
			stored = e.record(old)
			e.previous = provenance.Recorded(old, stored, own.WithoutAuthors())
			records = append(records, stored)
			if own.Len() > 0 {
				records[1] = stored.WithoutAuthors()
			}
		}
		names := e.in.New.Renames(old)
		for i := range records {
			records[i] = records[i].Renamed(names)
		}
	}
	e.evidence = provenance.Gather(e.in.New, provenance.Stored{Deployment: old, Proven: e.previous}, records...)
	if e.in.Manifest {
		e.evidence.IsManifest()
	}
	switch {
	case old != nil:
		e.disown(own)
		e.putBack(own, stored)
	case e.in.Survey != "":
		e.leaveDefaults(own.Deliberate()) // what is stored was put back before
	}
	e.author = e.authorsOwn()
}

// disown gives to the author what is his in spite of a record.
func (e *evaluation) disown(own provenance.Record) {
	if own.Len() == 0 {
		e.evidence.DisownDefaults(e.in.New) // a whole manifest took the place of what is stored
	}
	for _, p := range slices.Clone(e.evidence.Paths()) {
		// His manifest, rendered or exported, states it, and it is new.
		if p.InTemplate() && e.in.Old.Get(p) == nil && e.evidence.Stated(p) {
			e.evidence.Disown(p)
		}
	}
}

// putBack finds what the author put back to the API's default where ours is stored. A
// manifest that just lacks the field looks the same, but has no record with it: a patch
// and an edit leave the record there. An apply that takes away what an earlier manifest
// had says nothing of ours, and an undo that brings back the record of another revision
// writes no default.
func (e *evaluation) putBack(own, stored provenance.Record) {
	if own.Len() == 0 && len(own.Deliberate()) == 0 {
		return
	}
	candidates := slices.Concat(own.Deliberate(), stored.Deliberate())
	if provenance.SameManifest(e.in.New, e.in.Old) {
		for _, p := range e.previous.Paths() {
			if own.Lists(p) && !own.Proves(p, e.in.New.Get(p)) && !e.isDefault(e.in.Old, p) && !e.strategyRemoved(p) {
				candidates = append(candidates, p)
			}
		}
	}
	e.leaveDefaults(candidates)
}

// leaveDefaults leaves those of the fields to their author that have the API's default. Who
// moves from client-side to server-side apply drops what he had never written (client-go
// util/csaupgrade hands over API defaults too): such a field belongs to nobody.
func (e *evaluation) leaveDefaults(candidates []workload.Path) {
	for _, p := range candidates {
		if !p.InTemplate() && e.isDefault(e.in.New, p) && !slices.Contains(e.deliberate, p) && !provenance.Unowned(e.in.New, p) {
			e.deliberate = append(e.deliberate, p)
		}
	}
}

// strategyRemoved tells whether the write took away what else the author had written of
// the strategy: then ours went along, and nobody asked for it.
func (e *evaluation) strategyRemoved(p workload.Path) bool {
	other := map[workload.Path]workload.Path{workload.MaxSurge: workload.MaxUnavailable, workload.MaxUnavailable: workload.MaxSurge}[p]
	if other == "" {
		return false
	}
	gone := !e.isDefault(e.in.Old, other) && !e.previous.Has(other) && e.isDefault(e.in.New, other)
	return gone || e.in.New.Strategy.Type != "RollingUpdate"
}

func (e *evaluation) isDefault(d *workload.Deployment, p workload.Path) bool {
	return string(rawOrDefault(d.Get(p), p)) == p.APIDefault()
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
