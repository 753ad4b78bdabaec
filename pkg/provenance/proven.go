package provenance

import (
	"slices"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

// Proven are the fields of one object that records prove to be ours.
type Proven struct {
	paths   []workload.Path
	authors map[workload.Path]*fastjson.Value
}

// Paths are the fields, sorted.
func (o Proven) Paths() []workload.Path { return o.paths }

// Has tells whether a field is ours.
func (o Proven) Has(p workload.Path) bool {
	_, found := slices.BinarySearch(o.paths, p)
	return found
}

// Author is what the author of the object had written where mode enforce put ours, and
// nil for a field that he had not written.
func (o Proven) Author(p workload.Path) *fastjson.Value { return o.authors[p] }

// Instead are the fields in which an author's value was corrected, in no order.
func (o Proven) Instead() map[workload.Path]*fastjson.Value { return o.authors }

// DisownDefaults is for an object that its author sent whole: where mode enforce had put
// what the API fills in anyway, nothing is left of what he had written before.
func (o *Proven) DisownDefaults(d *workload.Deployment) {
	for p := range o.authors {
		if string(d.Get(p).MarshalTo(nil)) == p.APIDefault() {
			o.Disown(p)
		}
	}
}

// Disown gives a field to its author.
func (o *Proven) Disown(p workload.Path) {
	delete(o.authors, p)
	o.paths = slices.DeleteFunc(o.paths, func(q workload.Path) bool { return q == p })
}

// proven are the fields of which the first record that proves them is not contradicted.
func proven(d *workload.Deployment, records []Record, contradicted func(workload.Path) bool) Proven {
	var o Proven
	for _, r := range records {
		for p := range r.values {
			if slices.Contains(o.paths, p) || !r.Proves(p, d.Get(p)) || contradicted(p) {
				continue
			}
			o.paths = append(o.paths, p)
			if v := r.authors[p]; v != nil {
				if o.authors == nil {
					o.authors = map[workload.Path]*fastjson.Value{}
				}
				o.authors[p] = v
			}
		}
	}
	slices.Sort(o.paths)
	return o
}
