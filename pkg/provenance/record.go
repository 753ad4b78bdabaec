package provenance

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

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
	// authors are the values that authors had written where mode enforce put others.
	authors map[workload.Path]*fastjson.Value
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
		path, authored := strings.CutPrefix(string(key), ofAuthor)
		switch p := workload.Path(path); {
		case !p.Known():
		case !authored:
			r.values[p] = v
		case correctable(p, v):
			if r.authors == nil {
				r.authors = map[workload.Path]*fastjson.Value{}
			}
			r.authors[p] = v
		}
	})
	return r, nil
}

// Proves tells whether the record says that Rollguard wrote this value there.
func (r Record) Proves(p workload.Path, value *fastjson.Value) bool {
	recorded, ok := r.values[p]
	return ok && value != nil && workload.Equal(recorded, value)
}

// Renamed is the record of a Deployment whose containers have other names by now: a
// container that was renamed in place brings along what was ours in it.
func (r Record) Renamed(names map[string]string) Record {
	if len(names) == 0 {
		return r
	}
	return Record{values: renamed(r.values, names), authors: renamed(r.authors, names)}
}

func renamed(values map[workload.Path]*fastjson.Value, names map[string]string) map[workload.Path]*fastjson.Value {
	out := make(map[workload.Path]*fastjson.Value, len(values))
	for p, v := range values {
		name, _ := p.Container()
		if to := names[name]; to != "" {
			p = p.InContainer(to)
		}
		out[p] = v
	}
	return out
}

// Len is the number of fields in the record.
func (r Record) Len() int { return len(r.values) }

// Encode writes a record from paths and values. Keys come out sorted, so that the
// same decisions give the same bytes. No values give no record.
//
// authors are the values that authors had written, for those of the paths where ours
// replaced one.
func Encode(values, authors map[workload.Path]json.RawMessage) (string, error) {
	if len(values)+len(authors) == 0 {
		return "", nil
	}
	if len(authors) > 0 {
		if values = maps.Clone(values); values == nil {
			values = map[workload.Path]json.RawMessage{}
		}
		for p, v := range authors {
			values[ofAuthor+p] = v
		}
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("record: %w", err)
	}
	return string(text), nil
}
