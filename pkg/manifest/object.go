package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"
)

// object is one Kubernetes object of a document. A List holds several.
type object struct {
	// keys lead to the object within its document; none for the document itself.
	keys             []string
	apiVersion, kind string
	namespace, name  string
	json             []byte
	doc              *document
}

// String names the object for people.
func (o *object) String() string {
	if o.namespace == "" {
		return o.kind + " " + o.name
	}
	return o.kind + " " + o.namespace + "/" + o.name
}

func (o *object) fail(err error) *Error {
	return &Error{Place: o.doc.place, Object: o.String(), Err: err}
}

// parse finds the objects of a document. The parser may be used again: nothing of what it
// gave is kept.
func (d *document) parse(parser *fastjson.Parser, namespace string) error {
	if blank(d.body) {
		return nil
	}
	text, err := d.toJSON()
	if err != nil {
		return &Error{Place: d.place, Err: err}
	}
	value, err := parser.ParseBytes(text)
	if err != nil {
		return &Error{Place: d.place, Err: err}
	}
	if value.Type() == fastjson.TypeNull {
		return nil
	}
	l := lister{doc: d, namespace: namespace}
	if err := l.add(value, nil, typeMeta{}); err != nil {
		return &Error{Place: d.place, Err: err}
	}
	d.objects = l.objects
	for _, o := range d.objects {
		// What stands twice is a matter of ours only where we read or write.
		if d.served || !o.used() {
			continue
		}
		if err := d.noKeyTwice(); err != nil {
			return o.fail(err)
		}
		break
	}
	return nil
}

// typeMeta is what says what an object is.
type typeMeta struct{ apiVersion, kind string }

// lister collects the objects of a document.
type lister struct {
	doc       *document
	namespace string
	objects   []*object
}

// add takes one value, and the items of a List in its stead. Items of a typed list
// may leave out what they are.
func (l *lister) add(v *fastjson.Value, keys []string, byDefault typeMeta) error {
	if v.Type() != fastjson.TypeObject {
		return fmt.Errorf("%snot a Kubernetes object", at(keys))
	}
	t := typeMeta{apiVersion: string(v.GetStringBytes("apiVersion")), kind: string(v.GetStringBytes("kind"))}
	if t.kind == "" && t.apiVersion == "" {
		t = byDefault
	}
	if of, isList := strings.CutSuffix(t.kind, "List"); isList && v.GetArray("items") != nil {
		item := typeMeta{}
		if of != "" {
			item = typeMeta{apiVersion: t.apiVersion, kind: of}
		}
		for i, child := range v.GetArray("items") {
			path := slices.Concat(keys, []string{"items", strconv.Itoa(i)})
			if err := l.add(child, path, item); err != nil {
				return err
			}
		}
		return nil
	}
	o := &object{keys: keys, apiVersion: t.apiVersion, kind: t.kind, doc: l.doc, json: v.MarshalTo(nil)}
	o.name = string(v.GetStringBytes("metadata", "name"))
	o.namespace = string(v.GetStringBytes("metadata", "namespace"))
	if o.used() {
		if err := o.identify(v, l.namespace); err != nil {
			return err
		}
	}
	l.objects = append(l.objects, o)
	return nil
}

// identify checks the names of an object that counts, and puts it where kubectl would.
func (o *object) identify(v *fastjson.Value, namespace string) error {
	for _, key := range []string{"name", "generateName", "namespace"} {
		if field := v.Get("metadata", key); field != nil && field.Type() != fastjson.TypeString && field.Type() != fastjson.TypeNull {
			return fmt.Errorf("%s%s: field metadata.%s is a JSON %s where a string is expected", at(o.keys), o.kind, key, field.Type())
		}
	}
	if o.name == "" {
		o.name = string(v.GetStringBytes("metadata", "generateName"))
	}
	if o.name == "" {
		return fmt.Errorf("%s%s: field metadata.name is missing", at(o.keys), o.kind)
	}
	switch {
	case o.cluster():
		o.namespace = ""
	case o.namespace == "":
		o.namespace = namespace
	}
	return nil
}

// at is "items[2]: " for an item of a list.
func at(keys []string) string {
	var b strings.Builder
	for i := 0; i+1 < len(keys); i += 2 {
		if i > 0 {
			b.WriteByte('.')
		}
		fmt.Fprintf(&b, "%s[%s]", keys[i], keys[i+1])
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	return b.String()
}
