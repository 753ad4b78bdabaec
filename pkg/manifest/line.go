package manifest

import (
	"strconv"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/rollguard/rollguard/pkg/workload"
)

// Line is the line of the file on which a field of the Deployment stands, or the nearest
// object around it that is there: a finding is often about what is missing. The empty
// path is the Deployment itself.
func (d *Deployment) Line(path workload.Path) int {
	o := d.object
	root := o.doc.node()
	if root == nil {
		return d.Place.Line
	}
	at := walk(root, o.keys)
	if path != "" {
		at = walk(at, fieldKeys(at, path))
	}
	return at.Line + o.doc.bodyLine - 1
}

// node is the document as a tree with lines, nil where it cannot be had: JSON with tabs
// is no YAML.
func (d *document) node() *yamlv3.Node {
	if d.tree == nil {
		d.tree = new(yamlv3.Node)
		if err := yamlv3.Unmarshal(d.body, d.tree); err != nil {
			d.tree = new(yamlv3.Node)
		}
	}
	if len(d.tree.Content) == 0 {
		return nil
	}
	return d.tree.Content[0]
}

// walk follows the keys as far as they lead. What it ends at has the line of its key, as
// the value of an object starts below that.
func walk(n *yamlv3.Node, keys []string) *yamlv3.Node {
	for _, key := range keys {
		next := below(n, key)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

func below(n *yamlv3.Node, key string) *yamlv3.Node {
	if n.Kind == yamlv3.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yamlv3.MappingNode:
		if i := find(n, key); i >= 0 {
			value := *n.Content[i+1]
			value.Line = n.Content[i].Line
			return &value
		}
	case yamlv3.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// fieldKeys are the keys of a field in this very tree: containers have a name in a path.
func fieldKeys(deployment *yamlv3.Node, path workload.Path) []string {
	name, _ := path.Container()
	if name == "" {
		return path.Fields()
	}
	containers := walk(deployment, []string{"spec", "template", "spec", "containers"})
	keys := []string{"spec", "template", "spec"}
	for i, c := range containers.Content {
		if n := below(c, "name"); containers.Kind == yamlv3.SequenceNode && n != nil && n.Value == name {
			return append(append(keys, "containers", strconv.Itoa(i)), path.Fields()...)
		}
	}
	return keys
}
