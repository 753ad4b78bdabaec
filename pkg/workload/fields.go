package workload

import (
	"fmt"
	"math"

	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/json"
)

// fields reads typed values out of parsed JSON and keeps the first error, so that
// the code that lists the fields reads as a list. An absent or null field is its
// zero value; one of another type is an error.
type fields struct {
	err error
	// at leads to the object that is being read, for errors: "spec.template.spec".
	at string
	// item is the number of the container that is being read, counted from one.
	item int
	// below is the part of the container: "ports", "lifecycle".
	below string
}

// path is the full name of a field of the object that is being read.
func (f *fields) path(key string) string {
	if f.below != "" {
		key = f.below + "." + key
	}
	if f.item > 0 {
		return fmt.Sprintf("%s[%d].%s", f.at, f.item-1, key)
	}
	if f.at == "" {
		return key
	}
	return f.at + "." + key
}

func (f *fields) fail(key string, v *fastjson.Value, want string) {
	if f.err == nil {
		f.err = fmt.Errorf("field %s is a JSON %s where %s is expected", f.path(key), v.Type(), want)
	}
}

// child is the value under key, or nil when absent or null.
func child(v *fastjson.Value, key string) *fastjson.Value {
	if v == nil {
		return nil
	}
	c := v.Get(key)
	if c == nil || c.Type() == fastjson.TypeNull {
		return nil
	}
	return c
}

func (f *fields) object(v *fastjson.Value, key string) *fastjson.Value {
	c := child(v, key)
	if c != nil && c.Type() != fastjson.TypeObject {
		f.fail(key, c, "an object")
		return nil
	}
	return c
}

// array reads a list of objects, as all lists here are.
func (f *fields) array(v *fastjson.Value, key string) []*fastjson.Value {
	c := child(v, key)
	if c == nil {
		return nil
	}
	items, err := c.Array()
	if err != nil {
		f.fail(key, c, "an array")
	}
	for _, item := range items {
		if item.Type() != fastjson.TypeObject {
			f.fail(key, item, "an object")
			return nil
		}
	}
	return items
}

func (f *fields) text(v *fastjson.Value, key string) string {
	c := child(v, key)
	if c == nil {
		return ""
	}
	b, err := c.StringBytes()
	if err != nil {
		f.fail(key, c, "a string")
	}
	return string(b)
}

func (f *fields) boolean(v *fastjson.Value, key string) bool {
	c := child(v, key)
	if c == nil {
		return false
	}
	b, err := c.Bool()
	if err != nil {
		f.fail(key, c, "true or false")
	}
	return b
}

func (f *fields) number(v *fastjson.Value, key string, absent int64) int64 {
	c := child(v, key)
	if c == nil {
		return absent
	}
	n, err := c.Int64()
	if err != nil {
		f.fail(key, c, "a whole number")
	}
	return n
}

// seconds reads a number that the API declares as int32. What does not fit there
// could not have come from an API server.
func (f *fields) seconds(v *fastjson.Value, key string, absent int64) int32 {
	n := f.number(v, key, absent)
	if n > math.MaxInt32 || n < math.MinInt32 {
		f.fail(key, child(v, key), "a 32-bit number")
		return 0
	}
	return int32(n)
}

func (f *fields) countOrPercent(v *fastjson.Value, key string) intstr.IntOrString {
	c := child(v, key)
	if c == nil {
		return intstr.FromString("25%")
	}
	if c.Type() == fastjson.TypeString {
		return intstr.FromString(f.text(v, key))
	}
	return intstr.FromInt32(f.seconds(v, key, 0))
}

func (f *fields) texts(v *fastjson.Value, key string) map[string]string {
	c := f.object(v, key)
	if c == nil {
		return nil
	}
	obj := c.GetObject()
	out := make(map[string]string, obj.Len())
	obj.Visit(func(k []byte, item *fastjson.Value) {
		b, err := item.StringBytes()
		if err != nil && item.Type() != fastjson.TypeNull {
			f.fail(key+"."+string(k), item, "a string")
			return
		}
		out[string(k)] = string(b)
	})
	return out
}

// words reads a list of strings. A null among them is an empty one.
func (f *fields) words(v *fastjson.Value, key string) []string {
	c := child(v, key)
	if c == nil {
		return nil
	}
	items, err := c.Array()
	if err != nil {
		f.fail(key, c, "an array")
	}
	if len(items) == 0 {
		return nil
	}
	out := make([]string, len(items))
	for i, item := range items {
		b, err := item.StringBytes()
		if err != nil && item.Type() != fastjson.TypeNull {
			f.fail(key, item, "a string")
		}
		out[i] = string(b)
	}
	return out
}

func (f *fields) ports(items []*fastjson.Value) []corev1.ContainerPort {
	if len(items) == 0 {
		return nil
	}
	out := make([]corev1.ContainerPort, 0, len(items))
	for _, item := range items {
		protocol := corev1.Protocol(f.text(item, "protocol"))
		if protocol == "" {
			protocol = corev1.ProtocolTCP // API default
		}
		out = append(out, corev1.ContainerPort{
			Name:          f.text(item, "name"),
			ContainerPort: f.seconds(item, "containerPort", 0),
			HostPort:      f.seconds(item, "hostPort", 0),
			Protocol:      protocol,
		})
	}
	return out
}

// decode reads one small Kubernetes type (a probe, a hook) from the value under key,
// nil when there is none.
func decode[T any](f *fields, v *fastjson.Value, key string) *T {
	c := f.object(v, key)
	if c == nil {
		return nil
	}
	out := new(T)
	if err := json.UnmarshalCaseSensitivePreserveInts(c.MarshalTo(nil), out); err != nil {
		if f.err == nil {
			f.err = fmt.Errorf("field %s: %w", f.path(key), err)
		}
		return nil
	}
	return out
}
