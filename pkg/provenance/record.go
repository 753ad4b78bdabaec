package provenance

import (
	"encoding/json"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

// maxRecord bounds what is parsed of a record, in bytes. A Pod with fifty
// containers stays far below.
const maxRecord = 64 << 10

// Record is what Rollguard wrote into one Deployment, kept as the annotation
// rollguard.io/injected: compact JSON of path to value. It stands on the
// Deployment, not on the template, so it rolls nothing.
//
// Anybody may edit an annotation, and "kubectl rollout undo" brings back an older
// one. So a record proves something about a field only while the field still has
// the recorded value, and only for the closed set of fields.
type Record struct {
	values map[workload.Path]*fastjson.Value
}

// ParseRecord reads the annotation's value. Paths outside the closed set are passed
// over: a forged record must not make Rollguard touch anything else.
func ParseRecord(text string) (Record, error) {
	if text == "" {
		return Record{}, nil
	}
	if len(text) > maxRecord {
		return Record{}, fmt.Errorf("record: longer than %d bytes", maxRecord)
	}
	var parser fastjson.Parser // owned by the record's values
	doc, err := parser.Parse(text)
	if err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	object, err := doc.Object()
	if err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	r := Record{values: make(map[workload.Path]*fastjson.Value, object.Len())}
	object.Visit(func(key []byte, v *fastjson.Value) {
		if p := workload.Path(key); p.Known() {
			r.values[p] = v
		}
	})
	return r, nil
}

// Proves tells whether the record says that Rollguard wrote this value there.
func (r Record) Proves(p workload.Path, value *fastjson.Value) bool {
	recorded, ok := r.values[p]
	return ok && value != nil && workload.Equal(recorded, value)
}

// Len is the number of fields in the record.
func (r Record) Len() int { return len(r.values) }

// Encode writes a record from paths and values. Keys come out sorted, so that the
// same decisions give the same bytes. No values give no record.
func Encode(values map[workload.Path]json.RawMessage) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("record: %w", err)
	}
	return string(text), nil
}
