package manifest

import (
	"bytes"

	yamlv3 "go.yaml.in/yaml/v3"
)

// yamlStyle is how a document is indented.
type yamlStyle struct {
	spaces int
	// indented lists stand to the right of their key, others below its first letter.
	indented bool
}

// styleOf looks at the first nested object and at the first list.
func styleOf(root *yamlv3.Node) yamlStyle {
	var s styleFinder
	s.visit(root)
	style := yamlStyle{spaces: 2, indented: s.listOffset > 0}
	if s.spaces >= 2 && s.spaces <= 8 {
		style.spaces = s.spaces
	}
	return style
}

type styleFinder struct {
	spaces, listOffset int
	list               bool
}

func (s *styleFinder) visit(n *yamlv3.Node) {
	if n.Kind == yamlv3.MappingNode && n.Style&yamlv3.FlowStyle == 0 {
		for i := 0; i+1 < len(n.Content); i += 2 {
			s.measure(n.Content[i], n.Content[i+1])
		}
	}
	for _, child := range n.Content {
		s.visit(child)
	}
}

func (s *styleFinder) measure(key, value *yamlv3.Node) {
	if value.Line <= key.Line || value.Style&yamlv3.FlowStyle != 0 {
		return
	}
	switch offset := value.Column - key.Column; {
	case value.Kind == yamlv3.MappingNode && s.spaces == 0:
		s.spaces = offset
	case value.Kind == yamlv3.SequenceNode && !s.list:
		s.list, s.listOffset = true, offset
	}
}

func (s yamlStyle) encode(root *yamlv3.Node) ([]byte, error) {
	var out bytes.Buffer
	e := yamlv3.NewEncoder(&out)
	e.SetIndent(s.spaces)
	if !s.indented {
		e.CompactSeqIndent()
	}
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
