package policy

import (
	"encoding/json"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Place is one value and the keys that lead to it in the object; a nil value means
// that it is to go.
type Place struct {
	Keys  []string
	Value json.RawMessage
}

// Places are the values that the Deployment is to have, the record last. They are
// empty when the decision is to change nothing.
func (r *Result) Places(d *workload.Deployment) ([]Place, error) {
	places := make([]Place, 0, len(r.wants)+1)
	for _, w := range r.wants {
		if keys := d.Keys(w.path); keys != nil {
			places = append(places, Place{Keys: keys, Value: w.value})
		}
	}
	if r.record == nil {
		return places, nil // nothing of ours was looked at
	}
	record, err := provenance.Encode(r.record, r.authors)
	if err != nil {
		return nil, err
	}
	old, had := d.Annotations[api.AnnotationInjected]
	if record == old && (had || record == "") {
		return places, nil
	}
	place := Place{Keys: []string{"metadata", "annotations", api.AnnotationInjected}}
	if record != "" {
		if place.Value, err = json.Marshal(record); err != nil {
			return nil, err
		}
	}
	return append(places, place), nil
}
