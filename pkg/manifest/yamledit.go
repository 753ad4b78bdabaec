package manifest

import (
	"bytes"
	"fmt"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/rollguard/rollguard/pkg/patch"
)

// yamlEdit is a YAML document in three texts: the source, the source as the encoder
// writes it, and the result as the encoder writes it. The encoder keeps comments and
// the order of keys and loses blank lines, the spacing before comments and the like.
type yamlEdit struct {
	source, plain, result []byte
	crlf, noLineBreak     bool
	// afterDashes is set when the document starts on the line of dashes.
	afterDashes bool
}

func newYAMLEdit(d *document, ops []patch.Operation) (*yamlEdit, error) {
	e := &yamlEdit{source: d.body, afterDashes: bytes.HasSuffix(d.before, []byte("---"))}
	if e.crlf = bytes.Contains(e.source, []byte("\r\n")); e.crlf {
		e.source = bytes.ReplaceAll(e.source, []byte("\r\n"), []byte("\n"))
	}
	if e.noLineBreak = !bytes.HasSuffix(e.source, []byte("\n")); e.noLineBreak {
		e.source = append(e.source[:len(e.source):len(e.source)], '\n')
	}
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(e.source, &root); err != nil {
		return nil, err
	}
	if root.Kind != yamlv3.DocumentNode {
		return nil, fmt.Errorf("the document is empty")
	}
	style := styleOf(&root)
	var err error
	if e.plain, err = style.encode(&root); err != nil {
		return nil, err
	}
	if err := (&yamlTree{root: &root}).apply(ops); err != nil {
		return nil, err
	}
	e.result, err = style.encode(&root)
	return e, err
}

// inPlace carries the change over into the source, so that every other line stays.
func (e *yamlEdit) inPlace() ([]byte, error) {
	text, err := carryOver(string(e.source), string(e.plain), string(e.result))
	return e.finish([]byte(text)), err
}

// anew is the result as the encoder writes it.
func (e *yamlEdit) anew() ([]byte, error) { return e.finish(e.result), nil }

// finish gives a text the line breaks of the source.
func (e *yamlEdit) finish(text []byte) []byte {
	if e.noLineBreak {
		text = bytes.TrimSuffix(text, []byte("\n"))
	}
	if e.afterDashes && len(text) > 0 && text[0] != ' ' && text[0] != '\n' {
		text = append([]byte("\n"), text...)
	}
	if e.crlf {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}
