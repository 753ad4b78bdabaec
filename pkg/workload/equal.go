package workload

import "github.com/valyala/fastjson"

// Equal tells whether two JSON values say the same: the order of keys does not
// matter, the spelling of a number does (API servers write whole numbers in one
// way only).
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
