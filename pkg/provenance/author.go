package provenance

import (
	"strings"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// author is one source that says exactly which fields somebody wrote.
type author interface {
	// writes tells whether the author wrote the field, or something below it.
	writes(workload.Path, ...string) bool
	// means tells whether the author wrote the field and may have written this value.
	means(workload.Path, *fastjson.Value) bool
	// carriesRecord tells whether Rollguard's record is part of what he wrote.
	carriesRecord() bool
}

// lastApplied is written by client-side kubectl apply and by Argo CD.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// SameManifest tells whether a write left the manifest alone that client-side apply has
// stored.
func SameManifest(a, b *workload.Deployment) bool {
	return a.Annotations[lastApplied] == b.Annotations[lastApplied]
}

// authorsOf reads the Apply entries of managedFields and the last-applied annotation.
// Update entries prove nothing: they own defaults too.
func authorsOf(d *workload.Deployment, before Stored) []author {
	var out []author
	for _, set := range applied(d) {
		out = append(out, fieldSet{set, before})
	}
	if text := d.Annotations[lastApplied]; text != "" {
		var parser fastjson.Parser
		if root, err := parser.Parse(text); err == nil {
			out = append(out, manifest{root})
		}
	}
	return out
}

// applied are the fields of each Apply entry.
func applied(d *workload.Deployment) []*fastjson.Value {
	var out []*fastjson.Value
	for _, entry := range d.Raw().GetArray("metadata", "managedFields") {
		if string(entry.GetStringBytes("operation")) != "Apply" || len(entry.GetStringBytes("subresource")) > 0 {
			continue
		}
		if set := entry.Get("fieldsV1"); set != nil {
			out = append(out, set)
		}
	}
	return out
}

// Unowned tells whether the API server's books say that nobody wrote a field, as after a
// server-side apply that took it away (structured-merge-diff, merge/update.go, prune): what
// stands there is the API's default. Without books, or with somebody in them, it is false; so
// it is where nothing stands, as with minReadySeconds 0, since that is in nobody's books.
func Unowned(d *workload.Deployment, p workload.Path) bool {
	if d.Get(p) == nil {
		return false
	}
	entries := d.Raw().GetArray("metadata", "managedFields")
	for _, entry := range entries {
		if set := entry.Get("fieldsV1"); set == nil || (fieldSet{root: set}).writes(p) {
			return false
		}
	}
	return len(entries) > 0
}

func appliedIn(d *workload.Deployment, p workload.Path) bool {
	for _, set := range applied(d) {
		if (fieldSet{root: set}).writes(p) {
			return true
		}
	}
	return false
}

// fieldSet is the fieldsV1 of an Apply entry: "f:" before each field, and list items
// keyed as k:{"name":"app"} (structured-merge-diff, fieldpath/serialize.go).
type fieldSet struct {
	root   *fastjson.Value
	before Stored
}

func (s fieldSet) carriesRecord() bool {
	return s.root.Get("f:metadata", "f:annotations", "f:"+api.AnnotationInjected) != nil
}

// means: there are no values in a set of fields. Who changes one takes it out, except
// for admission: its changes belong to nobody.
func (s fieldSet) means(p workload.Path, _ *fastjson.Value) bool {
	return s.writes(p) && !s.before.replaced(p)
}

func (s fieldSet) writes(p workload.Path, below ...string) bool {
	name, field := p.Container()
	v, rest := s.root, string(p)
	if name != "" {
		// A container's name is a DNS label, so it needs no escaping.
		v, rest = v.Get("f:spec", "f:template", "f:spec", "f:containers", `k:{"name":"`+name+`"}`), field
	}
	for part := range strings.SplitSeq(rest, ".") {
		v = v.Get("f:" + part)
	}
	for _, part := range below {
		v = v.Get("f:" + part)
	}
	return v != nil
}

// manifest is an object as its author wrote it. A null in it says nothing: an API
// server drops it.
type manifest struct{ root *fastjson.Value }

func (m manifest) carriesRecord() bool {
	return m.root.Get("metadata", "annotations", api.AnnotationInjected) != nil
}

func (m manifest) writes(p workload.Path, below ...string) bool {
	v := m.get(p)
	for _, part := range below {
		v = v.Get(part)
	}
	return v != nil && v.Type() != fastjson.TypeNull
}

func (m manifest) means(p workload.Path, value *fastjson.Value) bool {
	return m.writes(p) && within(m.get(p), value)
}

func (m manifest) get(p workload.Path) *fastjson.Value {
	name, field := p.Container()
	v, rest := m.root, string(p)
	if name != "" {
		v, rest = containerOf(m.root, name), field
	}
	for part := range strings.SplitSeq(rest, ".") {
		v = v.Get(part)
	}
	return v
}

// within tells whether a stored value has everything that was written: an API server
// fills in more.
func within(written, stored *fastjson.Value) bool {
	if written.Type() != fastjson.TypeObject || stored == nil {
		return written.Type() == fastjson.TypeNull || workload.Equal(written, stored)
	}
	all := true
	written.GetObject().Visit(func(key []byte, v *fastjson.Value) {
		all = all && within(v, stored.Get(string(key)))
	})
	return all
}

func containerOf(root *fastjson.Value, name string) *fastjson.Value {
	for _, c := range root.GetArray("spec", "template", "spec", "containers") {
		if string(c.GetStringBytes("name")) == name {
			return c
		}
	}
	return nil
}
