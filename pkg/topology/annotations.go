package topology

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const annotationPrefix = "alb.ingress.kubernetes.io/"

// annotations reads LBC's annotations: the Service's beats the Ingress's, even when
// it is empty (LBC pkg/ingress/model_build_target_group.go, pkg/annotations/parser.go).
type annotations struct {
	service, ingress map[string]string
}

func (a annotations) lookup(name string) (string, bool) {
	var room [96]byte // so that no key is made in memory
	key := append(append(room[:0], annotationPrefix...), name...)
	if v, ok := a.service[string(key)]; ok {
		return v, true
	}
	v, ok := a.ingress[string(key)]
	return v, ok
}

func (a annotations) text(name, byDefault string) string {
	if v, ok := a.lookup(name); ok {
		return v
	}
	return byDefault
}

// number reads a whole number without trimming blanks, as LBC does.
func (a annotations) number(name string, byDefault int32) (int32, error) {
	v, ok := a.lookup(name)
	if !ok {
		return byDefault, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return 0, unusable(name, "%q is not a whole number", v)
	}
	return int32(n), nil
}

// oneOf reads a word that must be one of a few, in exactly this spelling.
func (a annotations) oneOf(name, byDefault string, allowed ...string) (string, error) {
	v, ok := a.lookup(name)
	if !ok {
		return byDefault, nil
	}
	if !slices.Contains(allowed, v) {
		return "", unusable(name, "%q is none of %s", v, strings.Join(allowed, ", "))
	}
	return v, nil
}

// list reads "a,b,c", without blanks around the items and without empty ones.
func (a annotations) list(name string) []string {
	v, ok := a.lookup(name)
	if !ok {
		return nil
	}
	var out []string
	for _, item := range strings.Split(v, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// pairs reads "key=value,key=value". Of two equal keys the last one counts.
func (a annotations) pairs(name string) (map[string]string, error) {
	items := a.list(name)
	if len(items) == 0 {
		return nil, nil
	}
	out := make(map[string]string, len(items))
	for _, item := range items {
		key, value, found := strings.Cut(item, "=")
		if key = strings.TrimSpace(key); !found || key == "" {
			return nil, unusable(name, "%q is not of the form key=value", item)
		}
		out[key] = strings.TrimSpace(value)
	}
	return out, nil
}

// structure reads JSON. Keys match in any letter case, as in all of LBC.
func (a annotations) structure(name string, into any) (exists bool, err error) {
	v, ok := a.lookup(name)
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal([]byte(v), into); err != nil {
		return true, unusable(name, "%s", inWords(err))
	}
	return true, nil
}

// unusable is a clause that follows the name of an Ingress.
func unusable(annotation, format string, args ...any) error {
	return fmt.Errorf("cannot use annotation %s%s: %s", annotationPrefix, annotation, fmt.Sprintf(format, args...))
}

// inWords leaves the names of Go's types out of an error of JSON.
func inWords(err error) string {
	if words, ok := Mismatch(err); ok {
		return words
	}
	return "it is not the JSON that is expected there (" + err.Error() + ")"
}
