package topology

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// Mismatch says in words which field of an object has a value of the wrong type, without
// the names of Go's types: "spec.serviceRef is a list where an object is expected". It is
// false for any other error.
func Mismatch(err error) (string, bool) {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) || wrong.Field == "" {
		return "", false
	}
	return wrong.Field + " is " + valueInWords(wrong.Value) + " where " + typeInWords(wrong.Type) + " is expected", true
}

// valueInWords names a value of JSON, which encoding/json calls "string" or "number 1.5".
func valueInWords(value string) string {
	kind, literal, _ := strings.Cut(value, " ")
	switch kind {
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "string":
		return "a text"
	case "bool":
		return "a truth value"
	case "number":
		if literal == "" {
			return "a number"
		}
		return "the number " + literal
	}
	return value
}

func typeInWords(t reflect.Type) string {
	if t == nil {
		return "something else"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeInWords(t.Elem())
	case reflect.Struct, reflect.Map, reflect.Interface:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}
