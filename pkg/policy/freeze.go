package policy

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

// freeze is for writes in which the author leaves his Pod template alone: it takes
// back every wish that would start a rollout, and says that the template waits.
// Outside the template nothing of ours is dropped either: that goes together with the
// template.
func (e *evaluation) freeze() {
	var kept []want
	pending := 0
	for _, w := range e.result.wants {
		switch {
		case w.path.InTemplate():
			if v := e.in.New.Get(w.path); v == nil || !equalJSON(v, w.value) {
				pending++
			}
		case w.code == NoLongerCalledFor && !e.harmful(w.path):
			// It stays, and stays recorded.
			kept = append(kept, want{path: w.path, value: e.in.New.Get(w.path).MarshalTo(nil)})
		default:
			kept = append(kept, w)
		}
	}
	if e.result.Trigger == FieldsDropped {
		kept = append(kept, e.asStored()...)
	} else if pending > 0 && !e.optedOut {
		text := "the Pod template is left as it is, as this write does not change it: it is completed with the next rollout"
		if e.in.New.Paused {
			text += "; kubectl rollout resume comes first, as the Deployment is paused"
		}
		e.find(Skipped, PendingRollout, "", text)
	}
	e.result.wants = kept
}

// asStored makes our part of the template what the stored object has: what the write
// dropped comes back, and what it brings along (a committed manifest that Rollguard
// rendered) and the stored object no longer has, goes.
func (e *evaluation) asStored() []want {
	var wants []want
	for _, p := range e.templateFields() {
		w := want{path: p, code: Restored, text: fmt.Sprintf("%s was put back as it was", p)}
		if v := e.in.Old.Get(p); v != nil {
			w.value = v.MarshalTo(nil)
		}
		if v := e.previous.Author(p); v != nil {
			w.author = v.MarshalTo(nil)
		}
		wants = append(wants, w)
	}
	return append(wants, e.lifecyclesAsStored()...)
}

// lifecyclesAsStored makes an empty lifecycle what the stored object has: when a hook of
// ours went, the empty object around it went too, and a manifest that still has it
// would start a rollout to say nothing.
func (e *evaluation) lifecyclesAsStored() []want {
	var wants []want
	for i := range e.in.New.Template.Containers {
		name := e.in.New.Template.Containers[i].Name
		p := workload.Lifecycle(name)
		now, stored := e.in.New.Get(p), e.in.Old.Get(p)
		w := want{path: p, code: Restored, text: fmt.Sprintf("%s was put back as it was", p), theirs: true}
		switch {
		case stored == nil && isEmpty(now):
		case isEmpty(stored):
			w.value = json.RawMessage("{}")
		default:
			continue
		}
		wants = append(wants, w)
	}
	return wants
}

func isEmpty(v *fastjson.Value) bool {
	object := v.GetObject()
	return object != nil && object.Len() == 0
}

// templateFields are the fields of the template that are ours in either object.
func (e *evaluation) templateFields() []workload.Path {
	var out []workload.Path
	for _, p := range e.previous.Paths() {
		if p.InTemplate() {
			out = append(out, p)
		}
	}
	for _, p := range e.evidence.Paths() {
		if p.InTemplate() && !e.previous.Has(p) {
			out = append(out, p)
		}
	}
	return out
}

// recordFrozen keeps the record of what stays in the template from earlier. What the
// record proved of the stored object it goes on proving, whatever a manifest claims by
// now: the template is the same. Only a value that its author has just applied himself
// is his from now on.
func (e *evaluation) recordFrozen() {
	for _, p := range slices.Concat(e.evidence.Paths(), e.previous.Paths()) {
		if !p.InTemplate() || e.evidence.Adopted(p) {
			continue
		}
		var author json.RawMessage
		if v := e.previous.Author(p); v != nil {
			author = v.MarshalTo(nil)
		}
		e.recordOurs(p, e.in.New.Get(p).MarshalTo(nil), author)
	}
}
