package policy

import (
	"encoding/json"
	"fmt"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// want is a value that a field is to have; nil means absent.
type want struct {
	path  workload.Path
	value json.RawMessage
	rule  api.Rule
	code  Code
	text  string
	// theirs marks a value that stays the author's: it was repaired, not added, and is not
	// recorded as ours.
	theirs bool
	// author is what the author wrote, where mode enforce wants something else.
	author json.RawMessage
}

// want asks for a value of ours. The sentence is used if that turns out to be a change.
func (e *evaluation) want(path workload.Path, value any, code Code, text string) {
	e.put(want{path: path, value: encode(path, value), rule: e.current, code: code, text: text})
}

// enforce asks for a value of ours in the place of an author's, which is remembered: it
// comes back with the mode, and when he writes it once more, that is no change of his.
func (e *evaluation) enforce(path workload.Path, value any, code Code, text string) {
	e.put(want{path: path, value: encode(path, value), rule: e.current, code: code, text: text, author: e.authorsValue(path)})
}

// authorsValue is what the author wrote in a field that he did write.
func (e *evaluation) authorsValue(path workload.Path) json.RawMessage {
	for i := range e.result.wants {
		if w := &e.result.wants[i]; w.path == path && w.theirs {
			return w.value // without what was left of ours
		}
	}
	if v := e.evidence.Author(path); v != nil {
		return v.MarshalTo(nil)
	}
	return rawOrDefault(e.in.New.Get(path), path)
}

// correct asks for an author's value to become another one that is his as well.
func (e *evaluation) correct(path workload.Path, value any, code Code, text string) {
	e.put(want{path: path, value: encode(path, value), rule: e.current, code: code, text: text, theirs: true})
}

// remove asks for a field to be absent.
func (e *evaluation) remove(path workload.Path, code Code, text string) {
	e.put(want{path: path, rule: e.current, code: code, text: text, theirs: true})
}

// put keeps one want for each field: the last one.
func (e *evaluation) put(w want) {
	for i := range e.result.wants {
		if e.result.wants[i].path == w.path {
			e.result.wants[i] = w
			return
		}
	}
	e.result.wants = append(e.result.wants, w)
}

func encode(path workload.Path, value any) json.RawMessage {
	encoded, err := json.Marshal(value)
	if err != nil {
		// Only strings, numbers and Kubernetes' own types come here; none can fail.
		panic(fmt.Sprintf("policy: encode %s: %v", path, err))
	}
	return encoded
}
