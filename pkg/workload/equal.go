package workload

import "github.com/valyala/fastjson"

// Equal tells whether two JSON values say the same. The order of keys does not
// matter; whole numbers are compared as numbers, others by their spelling.
func Equal(a, b *fastjson.Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Type() != b.Type() {
		return false
	}
	switch a.Type() {
	case fastjson.TypeObject:
		return equalObjects(a.GetObject(), b.GetObject())
	case fastjson.TypeArray:
		x, y := a.GetArray(), b.GetArray()
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case fastjson.TypeString:
		return string(a.GetStringBytes()) == string(b.GetStringBytes())
	case fastjson.TypeNumber:
		if x, err := a.Int64(); err == nil {
			y, err := b.Int64()
			return err == nil && x == y
		}
		return string(a.MarshalTo(nil)) == string(b.MarshalTo(nil))
	}
	return true // null, true, false: the type is the value
}

func equalObjects(a, b *fastjson.Object) bool {
	if a.Len() != b.Len() {
		return false
	}
	same := true
	a.Visit(func(key []byte, v *fastjson.Value) {
		if same {
			same = Equal(v, b.Get(string(key)))
		}
	})
	return same
}
