package manifest

import (
	"bytes"
	"encoding/json"

	"github.com/valyala/fastjson"
)

// layoutJSON writes an object in the layout of the source: on one line, or indented
// as its first member is.
func layoutJSON(v *fastjson.Value, source []byte) ([]byte, error) {
	compact := v.MarshalTo(nil)
	indent, ok := jsonIndent(source)
	if !ok {
		return compact, nil
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", indent); err != nil {
		return nil, err
	}
	text := out.Bytes()
	if bytes.Contains(source, []byte("\r\n")) {
		// Strings hold no line breaks in JSON, so these are all between values.
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text, nil
}

// jsonIndent is the white space in front of the first member, if that stands on a
// line of its own.
func jsonIndent(source []byte) (string, bool) {
	rest := bytes.TrimPrefix(source, []byte("{"))
	first := bytes.TrimLeft(rest, " \t\r\n")
	space := rest[:len(rest)-len(first)]
	line := bytes.LastIndexByte(space, '\n')
	if line < 0 {
		return "", false
	}
	return string(space[line+1:]), true
}
