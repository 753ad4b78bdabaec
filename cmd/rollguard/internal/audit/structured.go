package audit

import (
	"encoding/json"
	"io"

	"sigs.k8s.io/yaml"
)

// JSON writes the report as one object.
func (r *Report) JSON(w io.Writer) error {
	return writeJSON(w, r)
}

// YAML writes the same as YAML.
func (r *Report) YAML(w io.Writer) error {
	text, err := yaml.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// writeJSON leaves <, > and & readable.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
