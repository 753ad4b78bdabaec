package patch

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/valyala/fastjson"
)

// ErrUnsupported marks an operation that [Build] never emits.
var ErrUnsupported = errors.New("operation not supported")

// Apply runs the operations on a parsed document, in order, and changes it. Like
// the API server, it refuses to add below a parent that does not exist and to
// replace or remove what is not there. The first operation that does not apply is
// returned as an error with its number and path; the document is then of no use.
func Apply(doc *fastjson.Value, ops []Operation) error { return new(Scratch).Apply(doc, ops) }

// Apply is [Apply] with memory that is used again.
func (s *Scratch) Apply(doc *fastjson.Value, ops []Operation) error {
	s.used = 0
	for i := range ops {
		if err := s.apply(doc, &ops[i], Keys(ops[i].Path)); err != nil {
			return fmt.Errorf("operation %d, %s %s: %w", i, ops[i].Op, ops[i].Path, err)
		}
	}
	return nil
}

// apply runs one operation at the place that the keys name.
func (s *Scratch) apply(doc *fastjson.Value, op *Operation, keys []string) error {
	if len(keys) == 0 {
		return fmt.Errorf("the whole document: %w", ErrUnsupported)
	}
	parent, err := walk(doc, keys[:len(keys)-1])
	if err != nil {
		return err
	}
	if parent.Type() != fastjson.TypeObject {
		return fmt.Errorf("member of a JSON %s: %w", parent.Type(), ErrUnsupported)
	}
	last := keys[len(keys)-1]
	if op.Op != Add && parent.Get(last) == nil {
		return fmt.Errorf("member %q does not exist", last)
	}
	switch op.Op {
	case Add, Replace:
		value, err := s.parse(op.Value)
		if err != nil {
			return fmt.Errorf("value: %w", err)
		}
		parent.Set(last, value)
	case Remove:
		parent.Del(last)
	default:
		return ErrUnsupported
	}
	return nil
}

func walk(v *fastjson.Value, keys []string) (*fastjson.Value, error) {
	for _, key := range keys {
		if v.Type() == fastjson.TypeArray {
			// RFC 6901 allows no leading zeros and no sign.
			if n, err := strconv.Atoi(key); err != nil || strconv.Itoa(n) != key {
				return nil, fmt.Errorf("%q is not an array index", key)
			}
		}
		next := v.Get(key)
		if next == nil {
			return nil, fmt.Errorf("parent %q does not exist", key)
		}
		v = next
	}
	return v, nil
}
