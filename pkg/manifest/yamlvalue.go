package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"

	yamlv3 "go.yaml.in/yaml/v3"
)

// nodeFromJSON turns a JSON value into YAML, with the order of members kept.
func nodeFromJSON(text []byte) (*yamlv3.Node, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return readNode(decoder)
}

func readNode(decoder *json.Decoder) (*yamlv3.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		node := &yamlv3.Node{Kind: yamlv3.MappingNode, Tag: "!!map"}
		if v == '[' {
			node = &yamlv3.Node{Kind: yamlv3.SequenceNode, Tag: "!!seq"}
		}
		for decoder.More() {
			child, err := readNode(decoder) // a key or a value
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, child)
		}
		_, err := decoder.Token() // the closing bracket
		return node, err
	case string:
		return textNode(v), nil
	case json.Number:
		return &yamlv3.Node{Kind: yamlv3.ScalarNode, Value: v.String()}, nil
	case bool:
		return &yamlv3.Node{Kind: yamlv3.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}, nil
	}
	return &yamlv3.Node{Kind: yamlv3.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

// textNode is a string. The encoder puts quotes where YAML 1.2 needs them; words that
// YAML 1.1 reads as true or false get them here.
func textNode(s string) *yamlv3.Node {
	n := &yamlv3.Node{Kind: yamlv3.ScalarNode, Tag: "!!str", Value: s}
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		n.Style = yamlv3.DoubleQuotedStyle
	}
	return n
}
