package patch

import (
	"encoding/json"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/workload"
)

// Want is the value that one field is to have. A nil value wants the field gone.
type Want struct {
	Keys  []string
	Value json.RawMessage
}

// Build writes the operations that turn doc into a document in which every want
// holds. Wants that hold already cost nothing, and a document in which all hold
// gives no operation at all: an empty patch spares the API server a decode, a
// comparison and another round of defaulting. Missing parents are created with the
// first value that needs them; an object left empty by a removal goes too.
//
// doc is changed on the way and afterwards is what the patch should lead to.
func Build(doc *fastjson.Value, wants []Want) ([]Operation, error) {
	return new(Scratch).Build(doc, wants)
}

// Build is [Build] with memory that is used again.
func (s *Scratch) Build(doc *fastjson.Value, wants []Want) ([]Operation, error) {
	s.used = 0
	ops := make([]Operation, 0, len(wants))
	for _, want := range wants {
		op, keys, err := s.step(doc, want)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Pointer(want.Keys), err)
		}
		if keys == nil {
			continue
		}
		if err := s.apply(doc, &op, keys); err != nil {
			return nil, fmt.Errorf("%s %s: %w", op.Op, op.Path, err)
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// step is the one operation that fulfils a want and the keys of its path; no keys when
// the want holds already.
func (s *Scratch) step(doc *fastjson.Value, want Want) (Operation, []string, error) {
	depth := existing(doc, want.Keys)
	if want.Value == nil {
		if depth < len(want.Keys) {
			return Operation{}, nil, nil
		}
		keys := withEmptyParent(doc, want.Keys)
		return Operation{Op: Remove, Path: Pointer(keys)}, keys, nil
	}
	if depth == len(want.Keys) {
		wanted, err := s.parse(want.Value)
		if err != nil {
			return Operation{}, nil, fmt.Errorf("value: %w", err)
		}
		if workload.Equal(doc.Get(want.Keys...), wanted) {
			return Operation{}, nil, nil
		}
		return Operation{Op: Replace, Path: Pointer(want.Keys), Value: want.Value}, want.Keys, nil
	}
	value, err := nest(want.Keys[depth+1:], want.Value)
	if err != nil {
		return Operation{}, nil, err
	}
	keys := want.Keys[:depth+1]
	return Operation{Op: Add, Path: Pointer(keys), Value: value}, keys, nil
}

// existing counts the leading keys that the document has. A null counts as absent:
// the API treats both alike, and "add" replaces it.
func existing(v *fastjson.Value, keys []string) int {
	for i, key := range keys {
		v = v.Get(key)
		if v == nil || v.Type() == fastjson.TypeNull {
			return i
		}
	}
	return len(keys)
}

// withEmptyParent shortens the keys to the parent when nothing else is in it, so
// that removing a hook does not leave "lifecycle: {}" behind.
func withEmptyParent(doc *fastjson.Value, keys []string) []string {
	parent := keys[:len(keys)-1]
	if obj := doc.Get(parent...).GetObject(); obj != nil && obj.Len() == 1 && len(parent) > 1 {
		return parent
	}
	return keys
}

// nest wraps a value into the objects that the keys name.
func nest(keys []string, value json.RawMessage) (json.RawMessage, error) {
	for i := len(keys) - 1; i >= 0; i-- {
		key, err := json.Marshal(keys[i])
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", keys[i], err)
		}
		wrapped := make(json.RawMessage, 0, len(key)+len(value)+3)
		wrapped = append(wrapped, '{')
		wrapped = append(wrapped, key...)
		wrapped = append(wrapped, ':')
		wrapped = append(wrapped, value...)
		wrapped = append(wrapped, '}')
		value = wrapped
	}
	return value, nil
}
