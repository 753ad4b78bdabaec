package topology

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Optional is a kind that comes with a CustomResourceDefinition: a cluster may lack it,
// get it or lose it at any time.
type Optional struct {
	Group string
	// Versions are those that are understood, the best first.
	Versions       []string
	Kind, Resource string
	Namespaced     bool
	// Why says for administrators what it is read for.
	Why string
	// New makes an empty object to decode into: only the fields in use.
	New func() metav1.Object
}

// Name is the kind with its group, for people: both AWS controllers have kinds of the
// same name.
func (o *Optional) Name() string { return o.Kind + " (" + o.Group + ")" }

// Foreign says as a clause why objects of the kind are not seen in a cluster that has it
// in other versions only; it is empty where it has it in none.
func (o *Optional) Foreign(served []string) string {
	if len(served) == 0 {
		return ""
	}
	return "cannot be read: served as " + strings.Join(served, ", ") + " only, and Rollguard reads " + strings.Join(o.Versions, ", ")
}

// Optionals are all optional kinds that doors look at.
func Optionals() []Optional {
	return slices.Concat(classParamsKinds(), gatewayKinds(), gatewaySettingsKinds(), bindingKinds())
}

// Objects gives doors the objects of the optional kinds, while a graph is being built.
type Objects interface {
	// In lists the objects of a kind in a namespace, or in the cluster where the kind has
	// no namespaces. Objects that could not be decoded are of type [Unreadable].
	In(kind Optional, namespace string) []metav1.Object
	// Hidden says as a clause why the objects of a kind that exists are not known, as in
	// "cannot be read: forbidden"; it is empty when they are known.
	Hidden(kind Optional) string
	// NamespaceLabels are the labels of any namespace.
	NamespaceLabels(namespace string) map[string]string
}

// Unreadable stands for an object of an optional kind that could not be decoded.
type Unreadable struct {
	metav1.ObjectMeta
	// Reason says what is wrong with it.
	Reason string
	// Text is its spec as JSON: what is meant stands in it by name. Empty where nothing of it
	// can be told.
	Text string
}

func (o *Unreadable) because() string { return "cannot be read: " + o.Reason }

// SpecText is the spec of an object, given as JSON, for [Unreadable]: empty where it has none.
func SpecText(object []byte) string {
	var o struct {
		Spec json.RawMessage `json:"spec"`
	}
	var text bytes.Buffer
	if json.Unmarshal(object, &o) != nil || json.Compact(&text, o.Spec) != nil {
		return ""
	}
	return text.String()
}

// mentions tells whether something of that name may be meant.
func (o *Unreadable) mentions(name string) bool {
	return o.Text == "" || strings.Contains(o.Text, `"`+name+`"`)
}

// list are the readable objects of a kind, by name, and the others.
func list[T metav1.Object](in *inputs, kind Optional, namespace string) ([]T, []*Unreadable) {
	if in.Objects == nil {
		return nil, nil
	}
	var out []T
	var odd []*Unreadable
	for _, o := range in.Objects.In(kind, namespace) {
		switch o := o.(type) {
		case *Unreadable:
			odd = append(odd, o)
		case T:
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return out, odd
}

// find is the object of that name. The error is a clause that follows the kind and the name:
// "does not exist".
func find[T metav1.Object](in *inputs, kind Optional, namespace, name string) (found T, err error) {
	all, odd := list[T](in, kind, namespace)
	for _, o := range all {
		if o.GetName() == name {
			return o, nil
		}
	}
	for _, o := range odd {
		if o.GetName() == name {
			return found, errors.New(o.because())
		}
	}
	return found, errNotThere
}

var errNotThere = errors.New("does not exist")

// odd notes the roads that objects of a kind that leads to Services may hide: those to the
// Services that they mention, from another namespace only if they mention the graph's.
func (in *inputs) odd(kind Optional, objects []*Unreadable) {
	for _, o := range objects {
		if o.Namespace != in.Namespace && !o.mentions(in.Namespace) {
			continue
		}
		gap := Gap{Object: objectName(kind, o), Reason: o.because()}
		if o.Text == "" {
			in.hide(gap)
			continue
		}
		in.gaps = append(in.gaps, blind{Gap: gap, text: o.Text})
	}
}

// known tells whether the objects of a kind are known, and notes a gap for every Service
// of the graph when they are not. Kinds that are hidden alike are one gap.
func (in *inputs) known(kind Optional) bool {
	reason := in.hidden(kind)
	if reason == "" {
		return true
	}
	for i := range in.gaps {
		if kinds, same := strings.CutSuffix(in.gaps[i].Object, " ("+kind.Group+")"); same && in.gaps[i].Reason == reason {
			in.gaps[i].Object = kinds + ", " + kind.Name()
			return false
		}
	}
	in.hide(Gap{Object: kind.Name(), Reason: reason})
	return false
}

func (in *inputs) hidden(kind Optional) string {
	if in.Objects == nil {
		return ""
	}
	return in.Objects.Hidden(kind)
}

func (in *inputs) hide(gap Gap) {
	b := blind{Gap: gap, all: true}
	for i := range in.gaps {
		if in.gaps[i].Gap == gap {
			return
		}
	}
	in.gaps = append(in.gaps, b)
}

// objectName is "Kind namespace/name", or "Kind name" without a namespace.
func objectName(kind Optional, o metav1.Object) string {
	return kind.Kind + " " + fullName(o)
}

func fullName(o metav1.Object) string {
	if o.GetNamespace() == "" {
		return o.GetName()
	}
	return o.GetNamespace() + "/" + o.GetName()
}
