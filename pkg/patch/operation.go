package patch

import (
	"encoding/json"
	"strings"
)

// The operations that [Build] emits. Arrays never grow or shrink: every place that
// Rollguard writes is a member of an object.
const (
	Add     = "add"
	Replace = "replace"
	Remove  = "remove"
)

// Operation is one step of a JSON Patch.
type Operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"` // JSON Pointer, RFC 6901
	Value json.RawMessage `json:"value,omitempty"`
}

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

var unescaper = strings.NewReplacer("~1", "/", "~0", "~")

// Pointer writes keys as a JSON Pointer, escaping "~" and "/" as RFC 6901 section 3
// demands (annotation keys hold a slash).
func Pointer(keys []string) string {
	size := 0
	for _, key := range keys {
		size += len(key) + 3 // a slash, and room for an escape
	}
	var b strings.Builder
	b.Grow(size)
	for _, key := range keys {
		b.WriteByte('/')
		if strings.ContainsAny(key, "~/") {
			key = escaper.Replace(key)
		}
		b.WriteString(key)
	}
	return b.String()
}

// Keys is the reverse of [Pointer]. The empty pointer, the whole document, has no
// keys.
func Keys(pointer string) []string {
	if pointer == "" {
		return nil
	}
	keys := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, key := range keys {
		if strings.Contains(key, "~") {
			keys[i] = unescaper.Replace(key)
		}
	}
	return keys
}

// Marshal is the patch as the admission response carries it.
func Marshal(ops []Operation) ([]byte, error) {
	return json.Marshal(ops)
}
