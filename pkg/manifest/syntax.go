package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// ErrTemplate is in the error about a document that cannot be read and has the braces of
// Go's templates, as the files of a Helm chart have before helm has read them.
var ErrTemplate = errors.New("looks like a template of Helm")

// toJSON reads the document as kubectl does. It fails with [ErrTemplate] for a template.
func (d *document) toJSON() ([]byte, error) {
	if d.json {
		return d.body, nil // checked when the file was cut
	}
	text, err := yaml.YAMLToJSON(d.body)
	if err == nil {
		err = d.nothingBehind()
	}
	switch {
	case err != nil && bytes.Contains(d.body, []byte("{{")):
		return nil, fmt.Errorf("%w: %w", ErrTemplate, syntaxError(err, d.bodyLine-1))
	case err != nil:
		return nil, syntaxError(err, d.bodyLine-1)
	}
	return text, nil
}

// nothingBehind makes sure that a document in braces or quotes ends where these do:
// the reader above takes the first value and passes over the rest.
func (d *document) nothingBehind() error {
	start := bytes.TrimSpace(d.body)
	if len(start) == 0 || strings.IndexByte(`{["'`, start[0]) < 0 {
		return nil
	}
	decoder := yamlv3.NewDecoder(bytes.NewReader(d.body))
	var node yamlv3.Node
	if err := decoder.Decode(&node); err != nil {
		return err
	}
	if err := decoder.Decode(&node); err == nil {
		return fmt.Errorf("line %d: a second object without a line of dashes before it", node.Line)
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// noKeyTwice refuses an object in which a key stands twice: one of the two values
// would be lost without a word.
func (d *document) noKeyTwice() error {
	if d.json {
		var anything any
		twice, err := json.UnmarshalStrict(d.body, &anything, json.DisallowDuplicateFields)
		return errors.Join(err, errors.Join(twice...))
	}
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(d.body, &root); err != nil {
		return syntaxError(err, d.bodyLine-1)
	}
	return d.keysOnce(&root)
}

func (d *document) keysOnce(n *yamlv3.Node) error {
	seen := map[string]bool{}
	for i, child := range n.Content {
		if n.Kind == yamlv3.MappingNode && i%2 == 0 && child.Kind == yamlv3.ScalarNode {
			if seen[child.Value] {
				return fmt.Errorf("line %d: the key %q stands twice", child.Line+d.bodyLine-1, child.Value)
			}
			seen[child.Value] = true
		}
		if err := d.keysOnce(child); err != nil {
			return err
		}
	}
	return nil
}
