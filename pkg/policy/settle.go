package policy

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// settle compares what the rules want with what is there, and keeps only what this
// kind of write may change.
func (e *evaluation) settle() {
	e.current = ""
	e.dropStale()
	frozen := e.result.Trigger == TemplateKept || e.result.Trigger == FieldsDropped
	if frozen {
		e.freeze()
	}
	wants := e.result.wants
	e.result.wants = nil
	e.result.record = make(map[workload.Path]json.RawMessage, len(wants))
	for _, w := range wants {
		e.settleOne(w)
	}
	if frozen {
		e.recordFrozen()
	}
	if e.result.Mode == api.Audit {
		e.repairOnly()
	}
}

// repairOnly keeps what must be done even where nothing is to be changed: without it
// the API server would refuse the write. The record stays as it is.
func (e *evaluation) repairOnly() {
	e.result.record = nil
	e.result.wants = slices.DeleteFunc(e.result.wants, func(w want) bool {
		return w.code != LeftoverRemoved && w.code != RollingUpdateRemoved
	})
}

// settleOne turns a want into a change, when it is one.
func (e *evaluation) settleOne(w want) {
	before := e.in.New.Get(w.path)
	mine := e.isOurs(w.path)
	effective := rawOrDefault(before, w.path)
	same := before == nil && w.value == nil || before != nil && (string(effective) == string(w.value) || equalJSON(before, w.value))
	if !same {
		e.result.wants = append(e.result.wants, w)
	}
	if string(effective) != string(w.value) && !same {
		change := Change{Path: w.path, From: orNull(effective), To: orNull(w.value), Rule: w.rule}
		e.result.Changes = append(e.result.Changes, change)
		e.result.Findings = append(e.result.Findings, Finding{
			Rule: w.rule, Outcome: Changed, Code: w.code, Path: w.path,
			Before: effective, After: w.value, Message: w.text,
		})
		mine = true
	}
	// A default that stands in no manifest is recorded when it is written out: once the
	// result is applied, it would pass for the author's.
	if (mine || before == nil) && w.value != nil && w.code != NoLongerCalledFor && !w.theirs {
		e.result.record[w.path] = w.value
	}
}

// dropStale wants away what an earlier evaluation wrote and no rule asked for now.
func (e *evaluation) dropStale() {
	for _, p := range e.evidence.Ours() {
		if e.wanted(p) {
			continue
		}
		w := want{path: p, code: NoLongerCalledFor, text: fmt.Sprintf("%s removed again", p)}
		if d := p.APIDefault(); d != "" && p != workload.MinReadySeconds {
			w.value = json.RawMessage(d)
		}
		e.result.wants = append(e.result.wants, w)
	}
}

func (e *evaluation) wanted(p workload.Path) bool {
	for i := range e.result.wants {
		if e.result.wants[i].path == p {
			return true
		}
	}
	return false
}

func (e *evaluation) isOurs(p workload.Path) bool {
	for _, ours := range e.evidence.Ours() {
		if ours == p {
			return true
		}
	}
	return false
}

// freeze takes back every wish that would start a rollout, and says that the
// template waits. Outside the template nothing of ours is dropped either: that goes
// together with the template.
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
		kept = append(kept, e.restored()...)
	} else if pending > 0 && !e.optedOut {
		e.find(Skipped, PendingRollout, "", "the Pod template is left as it is, as this write does not change it: it is completed with the next rollout")
	}
	e.result.wants = kept
}

// harmful tells whether a value that nobody calls for any more would make the author's
// write invalid: a minReadySeconds of ours above his new progress deadline.
func (e *evaluation) harmful(p workload.Path) bool {
	return p == workload.MinReadySeconds && e.in.New.MinReadySeconds >= e.in.New.ProgressDeadlineSeconds
}

// restored puts back what the old object had from us, so that the template equals
// the stored one.
func (e *evaluation) restored() []want {
	var wants []want
	for _, p := range e.previous.Ours() {
		if p.InTemplate() {
			wants = append(wants, want{
				path: p, value: e.in.Old.Get(p).MarshalTo(nil), code: Restored,
				text: fmt.Sprintf("%s was put back as it was", p),
			})
		}
	}
	return wants
}

// recordFrozen keeps the record of what stays in the template from earlier.
func (e *evaluation) recordFrozen() {
	for _, p := range e.evidence.Ours() {
		if p.InTemplate() {
			e.result.record[p] = e.in.New.Get(p).MarshalTo(nil)
		}
	}
}

// rawOrDefault is the value that the API server would store, or nil for none.
func rawOrDefault(v *fastjson.Value, p workload.Path) json.RawMessage {
	if v != nil {
		return v.MarshalTo(nil)
	}
	if d := p.APIDefault(); d != "" {
		return json.RawMessage(d)
	}
	return nil
}

func orNull(v json.RawMessage) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	return v
}

func equalJSON(v *fastjson.Value, raw json.RawMessage) bool {
	if raw == nil {
		return v == nil
	}
	other, err := fastjson.ParseBytes(raw)
	return err == nil && workload.Equal(v, other)
}
