package workload

import (
	"fmt"

	"github.com/valyala/fastjson"
)

// SameTemplate tells whether two objects have the same Pod template, as the
// Deployment controller would see it.
func SameTemplate(a, b *Deployment) bool {
	return Equal(a.doc.Get("spec", "template"), b.doc.Get("spec", "template"))
}

// SameSpec tells whether two objects have the same spec.
func SameSpec(a, b *Deployment) bool {
	return Equal(a.doc.Get("spec"), b.doc.Get("spec"))
}

// AuthorTemplate is a copy of the raw Pod template in which the given fields are as
// if nobody had written them. Two such copies are equal when their authors meant the
// same.
func AuthorTemplate(d *Deployment, without []Path) (*fastjson.Value, error) {
	var parser fastjson.Parser
	raw := d.doc.Get("spec", "template")
	if raw == nil {
		return nil, nil
	}
	template, err := parser.ParseBytes(raw.MarshalTo(nil))
	if err != nil {
		return nil, fmt.Errorf("pod template: %w", err)
	}
	for _, p := range without {
		if !p.InTemplate() {
			continue
		}
		keys := d.Keys(p)
		if keys == nil {
			continue
		}
		keys = keys[2:] // below spec.template
		template.Get(keys[:len(keys)-1]...).Del(keys[len(keys)-1])
	}
	normalize(template)
	return template, nil
}

// normalize spells out what an API server reads alike: an empty lifecycle is none,
// and a grace period that was left out is the default.
func normalize(template *fastjson.Value) {
	spec := template.Get("spec")
	if spec == nil {
		return
	}
	for _, c := range spec.GetArray("containers") {
		if hooks := c.GetObject("lifecycle"); hooks != nil && hooks.Len() == 0 {
			c.Del("lifecycle")
		}
	}
	const grace = "terminationGracePeriodSeconds"
	if v := spec.Get(grace); v != nil && string(v.MarshalTo(nil)) == GracePeriod.APIDefault() {
		spec.Del(grace)
	}
}
