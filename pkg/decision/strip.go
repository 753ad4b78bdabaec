package decision

import (
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Strip takes out of a manifest what its record proves to be ours, and the record. What
// mode enforce corrected is again what its author wrote; anything else of ours goes, API
// defaults too, as an author who wrote one would be in the record. Objects that are empty
// after it go with it. No operation comes back where there is no record.
func Strip(manifest []byte) ([]patch.Operation, error) {
	doc, err := fastjson.ParseBytes(manifest)
	if err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	d, err := workload.FromValue(doc)
	if err != nil {
		return nil, err
	}
	text, found := d.Annotations[api.AnnotationInjected]
	if !found {
		return nil, nil
	}
	record, err := provenance.ParseRecord(text)
	if err != nil {
		return nil, err
	}
	var wants []patch.Want
	ours := provenance.Recorded(d, record)
	for _, p := range ours.Paths() {
		want := patch.Want{Keys: d.Keys(p)}
		if v := ours.Author(p); v != nil {
			want.Value = v.MarshalTo(nil)
		}
		wants = append(wants, want)
	}
	wants = append(wants, patch.Want{Keys: []string{"metadata", "annotations", api.AnnotationInjected}})
	ops, err := patch.Build(doc, wants)
	if err != nil {
		return nil, err
	}
	if strategy := doc.GetObject("spec", "strategy"); strategy != nil && strategy.Len() == 0 {
		more, err := patch.Build(doc, []patch.Want{{Keys: []string{"spec", "strategy"}}})
		if err != nil {
			return nil, err
		}
		ops = append(ops, more...)
	}
	return ops, nil
}
