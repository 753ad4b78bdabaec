package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// splitJSON makes a document for each JSON object, as kubectl reads them one after
// the other without anything in between. What is not JSON throughout comes back as
// it is, and is read as YAML: that has braces too.
func splitJSON(d *document) []*document {
	if trimmed := bytes.TrimLeft(d.body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return []*document{d}
	}
	decoder := json.NewDecoder(bytes.NewReader(d.body))
	var out []*document
	end := 0
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return []*document{d}
		}
		next := int(decoder.InputOffset())
		start := next - len(value)
		out = append(out, &document{
			before: d.body[end:start], body: d.body[start:next], json: true,
			bodyLine: d.bodyLine + bytes.Count(d.body[:start], []byte("\n")),
		})
		end = next
	}
	out[0].before = append(d.before[:len(d.before):len(d.before)], out[0].before...)
	out[len(out)-1].after = d.body[end:]
	return out
}
