package workload

import (
	"slices"

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

// SameAuthorTemplate tells whether the authors of two objects meant the same Pod
// template. What an API server reads alike is alike: an empty lifecycle and none, a
// grace period that was left out and the default.
func SameAuthorTemplate(x, y Authored) bool {
	s, t := x.doc.Get("spec", "template"), y.doc.Get("spec", "template")
	if !sameBut(s, t, "spec") {
		return false
	}
	s, t = s.Get("spec"), t.Get("spec")
	return sameBut(s, t, "containers", graceKey) &&
		x.grace(s) == y.grace(t) &&
		slices.EqualFunc(s.GetArray("containers"), t.GetArray("containers"), func(c, d *fastjson.Value) bool {
			return sameContainer(x, c, y, d)
		})
}

const graceKey = "terminationGracePeriodSeconds"

// Authored is an object as its author meant it.
type Authored struct {
	*Deployment
	// Without are fields that count as if nobody had written them, or as if they had the
	// value that Instead has for them.
	Without []Path
	Instead map[Path]*fastjson.Value
}

func (a Authored) grace(spec *fastjson.Value) string {
	v := spec.Get(graceKey)
	if slices.Contains(a.Without, GracePeriod) {
		v = a.Instead[GracePeriod]
	}
	if v == nil || v.Type() == fastjson.TypeNull {
		return GracePeriod.APIDefault()
	}
	return string(v.MarshalTo(nil))
}

// field is a container's field, nil when it is absent or does not count.
func (a Authored) field(container *fastjson.Value, field string, keys ...string) *fastjson.Value {
	for _, p := range a.Without {
		if name, f := p.Container(); f == field && name == string(container.GetStringBytes("name")) {
			return a.Instead[p]
		}
	}
	v := container.Get(keys...)
	if v != nil && v.Type() == fastjson.TypeNull {
		return nil
	}
	return v
}

func sameContainer(x Authored, c *fastjson.Value, y Authored, d *fastjson.Value) bool {
	return sameBut(c, d, startupProbe, readinessProbe, "lifecycle") &&
		sameBut(c.Get("lifecycle"), d.Get("lifecycle"), "preStop") &&
		Equal(x.field(c, startupProbe, startupProbe), y.field(d, startupProbe, startupProbe)) &&
		Equal(x.field(c, readinessProbe, readinessProbe), y.field(d, readinessProbe, readinessProbe)) &&
		Equal(x.field(c, preStop, "lifecycle", "preStop"), y.field(d, preStop, "lifecycle", "preStop"))
}

// sameBut compares two objects without some keys. An absent object is an empty one.
func sameBut(a, b *fastjson.Value, without ...string) bool {
	return partOf(a, b, without) && partOf(b, a, without)
}

func partOf(a, b *fastjson.Value, without []string) bool {
	object, other := a.GetObject(), b.GetObject()
	if object == nil {
		return true
	}
	same := true
	object.Visit(func(key []byte, v *fastjson.Value) {
		if same && !slices.Contains(without, string(key)) {
			same = other != nil && Equal(v, other.Get(string(key)))
		}
	})
	return same
}
