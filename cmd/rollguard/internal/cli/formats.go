package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/manifest/linediff"
	"github.com/rollguard/rollguard/pkg/patch"
)

// printYAML prints all files one after the other. Everything is made before the first
// byte is printed.
func printYAML(r *rendering) error {
	var out []byte
	for _, f := range r.files {
		parts, err := f.Render(r.edits)
		if err != nil {
			return err
		}
		var text []byte
		for i := range parts {
			text = append(text, parts[i].Result...)
		}
		out = appendFile(out, text)
	}
	_, err := r.out.Write(out)
	return err
}

// appendFile keeps the first document of a file apart from the last of the one before.
func appendFile(out, text []byte) []byte {
	if len(out) == 0 || len(text) == 0 {
		return append(out, text...)
	}
	if !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, '\n')
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // allowed only at the very start
	if !bytes.HasPrefix(text, []byte("---")) {
		out = append(out, "---\n"...)
	}
	return append(out, text...)
}

func printJSON(r *rendering) error {
	var objects []json.RawMessage
	for _, f := range r.files {
		list, err := f.Objects(r.edits)
		if err != nil {
			return err
		}
		for _, o := range list {
			objects = append(objects, o)
		}
	}
	if len(objects) == 1 {
		return writeJSON(r.out, objects[0])
	}
	return writeJSON(r.out, struct {
		APIVersion string            `json:"apiVersion"`
		Items      []json.RawMessage `json:"items"`
		Kind       string            `json:"kind"`
	}{"v1", append([]json.RawMessage{}, objects...), "List"})
}

// writeJSON indents by four spaces, as kubectl does, and leaves <, > and & readable.
func writeJSON(w io.Writer, v any) error {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// patchEntry is one entry of -o patch.
type patchEntry struct {
	Deployment string            `json:"deployment"`
	Patch      []patch.Operation `json:"patch"`
}

func printPatches(r *rendering) error {
	entries := []patchEntry{}
	for i := range r.verdicts {
		if v := &r.verdicts[i]; v.Guarded() || r.all {
			entries = append(entries, patchEntry{v.Deployment.Key(), append([]patch.Operation{}, v.Patch...)})
		}
	}
	return writeJSON(r.out, entries)
}

func printDiff(r *rendering) error {
	var out strings.Builder
	for _, f := range r.files {
		parts, err := f.Render(r.edits)
		if err != nil {
			return err
		}
		diff := linediff.Unified(path.Join("a", f.Name), path.Join("b", f.Name), pairs(parts))
		if r.color {
			diff = colored(diff)
		}
		out.WriteString(diff)
	}
	if _, err := io.WriteString(r.out, out.String()); err != nil {
		return err
	}
	if out.Len() > 0 {
		return errDiffers
	}
	return nil
}

func pairs(parts []manifest.Part) []linediff.Pair {
	out := make([]linediff.Pair, len(parts))
	for i := range parts {
		out[i] = linediff.Pair{A: string(parts[i].Source), B: string(parts[i].Result)}
	}
	return out
}
