package sequence

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

type object = map[string]any // a JSON object

// Change is one field that an author writes; without a value he takes it away. An item
// of a list is named by its name.
type Change struct {
	Path  []string
	Value any
}

func (c Change) String() string {
	if c.Value == nil {
		return "no " + strings.Join(c.Path, ".")
	}
	return strings.Join(c.Path, ".") + " = " + string(encode(c.Value))
}

// inTemplate tells whether the change is one of the Pod template.
func (c Change) inTemplate() bool { return len(c.Path) > 1 && c.Path[1] == "template" }

// encode is for values that can be encoded: JSON trees and types of the API.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sequence: %v", err))
	}
	return text
}

// changed is a copy of the tree with the changes in it.
func changed(root object, changes []Change) object {
	out := runtime.DeepCopyJSON(root)
	for _, c := range changes {
		parent := child(out, c.Value != nil, c.Path[:len(c.Path)-1])
		if parent == nil {
			continue // the container is not there, or not any more
		}
		if last := c.Path[len(c.Path)-1]; c.Value == nil {
			delete(parent, last)
		} else {
			parent[last] = runtime.DeepCopyJSONValue(c.Value)
		}
	}
	return out
}

// child is the object at the path, nil when it is not there and is not to be made.
func child(node object, create bool, path []string) object {
	for i := 0; i < len(path); i++ {
		next, there := node[path[i]]
		if items, isList := next.([]any); isList {
			i++
			next = named(items, path[i])
			there = next != nil
		}
		if !there && create {
			next = object{}
			node[path[i]] = next
		}
		var ok bool
		if node, ok = next.(object); !ok {
			return nil
		}
	}
	return node
}

func named(items []any, name string) any {
	if i := position(items, name); i >= 0 {
		return items[i]
	}
	return nil
}

func position(items []any, name string) int {
	return slices.IndexFunc(items, func(item any) bool {
		o, ok := item.(object)
		return ok && o["name"] == name
	})
}

// value is what is at the path, nil for nothing.
func value(root object, path []string) any {
	parent := child(root, false, path[:len(path)-1])
	if parent == nil {
		return nil
	}
	return parent[path[len(path)-1]]
}

// pointer is the path as a JSON Pointer into the tree, cut after the first key that
// is not there, and the rest of the path.
func pointer(root object, path []string) (text string, rest []string) {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	var node any = root
	for i, key := range path {
		switch n := node.(type) {
		case []any:
			at := position(n, key)
			text += "/" + strconv.Itoa(at)
			node = named(n, key)
		case object:
			text += "/" + escape.Replace(key)
			node = n[key]
		}
		if node == nil {
			return text, path[i+1:]
		}
	}
	return text, nil
}

// nested is the value below the keys.
func nested(keys []string, v any) any {
	for _, key := range slices.Backward(keys) {
		v = object{key: v}
	}
	return v
}

// difference is the merge patch that makes one value the other: what is gone is null.
func difference(before, after any) any {
	old, wasObject := before.(object)
	now, isObject := after.(object)
	if !wasObject || !isObject {
		return after
	}
	out := maps.Clone(now)
	for key, v := range old {
		if next, still := now[key]; still {
			out[key] = difference(v, next)
		} else {
			out[key] = nil
		}
	}
	return out
}
