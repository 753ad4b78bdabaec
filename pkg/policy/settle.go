package policy

import (
	"encoding/json"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// settle compares what the rules want with what is there, and keeps only what this
// kind of write may change.
func (e *evaluation) settle() {
	e.current = ""
	e.dropStale()
	e.sayStanding()
	frozen := e.result.Trigger == TemplateKept || e.result.Trigger == FieldsDropped
	if frozen {
		e.freeze()
	}
	wants := e.result.wants
	e.result.wants = nil
	e.result.record = make(map[workload.Path]json.RawMessage, len(wants))
	e.result.authors = nil
	for _, w := range wants {
		e.settleOne(w)
		e.returned(w)
	}
	if e.result.Trigger == TemplateKept {
		e.recordFrozen()
	}
	e.recordPutBack()
	if e.result.Mode == api.Audit {
		e.repairOnly()
	}
}

// settleOne turns a want into a change, when it is one.
func (e *evaluation) settleOne(w want) {
	before := e.in.New.Get(w.path)
	mine := e.evidence.Has(w.path)
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
		if !mine || protectsMore(w.path, effective, w.value) {
			e.result.lacking++
		}
		mine = true
	}
	// A default that stands in no manifest is recorded when it is written out: once the
	// result is applied, it would pass for the author's.
	if (mine || before == nil) && w.value != nil && w.code != NoLongerCalledFor && !w.theirs {
		e.recordOurs(w.path, w.value, w.author)
	}
}

// returned notes that a default is its author's: he put it back while mode enforce had ours
// there, and ours is gone now.
func (e *evaluation) returned(w want) {
	if w.code == NoLongerCalledFor && !w.path.InTemplate() && e.evidence.Author(w.path) != nil && string(w.value) == w.path.APIDefault() {
		e.deliberate = append(e.deliberate, w.path)
	}
}

// recordPutBack notes what is at the API's default on purpose.
func (e *evaluation) recordPutBack() {
	for _, p := range e.deliberate {
		if e.result.record[p] != nil || e.optedOut {
			continue
		}
		if e.result.authors == nil {
			e.result.authors = map[workload.Path]json.RawMessage{}
		}
		e.result.authors[p] = json.RawMessage(p.APIDefault())
	}
}

// recordOurs notes that a value is ours, and what its author had written there.
func (e *evaluation) recordOurs(p workload.Path, value, author json.RawMessage) {
	e.result.record[p] = value
	if author == nil {
		if v := e.evidence.Author(p); v != nil {
			author = v.MarshalTo(nil)
		}
	}
	if author == nil {
		return
	}
	if e.result.authors == nil {
		e.result.authors = map[workload.Path]json.RawMessage{}
	}
	e.result.authors[p] = author
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
