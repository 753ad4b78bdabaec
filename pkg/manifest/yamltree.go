package manifest

import (
	"fmt"
	"strconv"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/rollguard/rollguard/pkg/patch"
)

// yamlTree applies JSON Patch operations to a YAML document. All that a patch of
// Rollguard changes are members of objects.
type yamlTree struct {
	root *yamlv3.Node
}

func (t *yamlTree) apply(ops []patch.Operation) error {
	for i := range ops {
		if err := t.applyOne(&ops[i]); err != nil {
			return fmt.Errorf("%s %s: %w", ops[i].Op, ops[i].Path, err)
		}
	}
	return nil
}

func (t *yamlTree) applyOne(op *patch.Operation) error {
	keys := patch.Keys(op.Path)
	if len(keys) == 0 {
		return patch.ErrUnsupported
	}
	node := t.root.Content[0]
	for _, key := range keys[:len(keys)-1] {
		t.own(node)
		child, err := step(node, key)
		if err != nil {
			return err
		}
		node = child
	}
	t.own(node)
	if node.Kind != yamlv3.MappingNode {
		return fmt.Errorf("the parent is no object: %w", patch.ErrUnsupported)
	}
	last := keys[len(keys)-1]
	if i := find(node, last); i >= 0 {
		t.release(node.Content[i+1])
	}
	if op.Op == patch.Remove {
		return remove(node, last)
	}
	value, err := nodeFromJSON(op.Value)
	if err != nil {
		return err
	}
	set(node, last, value)
	return nil
}

// own makes sure that a change of a node changes nothing else: an alias becomes a
// copy of what it stands for, and aliases of an anchored node become copies of it.
func (t *yamlTree) own(n *yamlv3.Node) {
	if n.Kind == yamlv3.AliasNode {
		*n = *duplicate(n.Alias)
		return
	}
	if n.Anchor != "" {
		replaceAliases(t.root, n)
	}
}

// release prepares a node to go: what other places take from it becomes theirs.
func (t *yamlTree) release(n *yamlv3.Node) {
	if n.Anchor != "" {
		replaceAliases(t.root, n)
	}
	for _, child := range n.Content {
		t.release(child)
	}
}

func replaceAliases(n, of *yamlv3.Node) {
	for _, child := range n.Content {
		if child.Kind == yamlv3.AliasNode && child.Alias == of {
			*child = *duplicate(of)
			continue
		}
		replaceAliases(child, of)
	}
}

// duplicate is a deep copy without anchors, which may stand only once.
func duplicate(n *yamlv3.Node) *yamlv3.Node {
	out := *n
	out.Anchor = ""
	out.Content = make([]*yamlv3.Node, len(n.Content))
	for i, child := range n.Content {
		out.Content[i] = duplicate(child)
	}
	return &out
}

func step(n *yamlv3.Node, key string) (*yamlv3.Node, error) {
	switch n.Kind {
	case yamlv3.SequenceNode:
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(n.Content) {
			return nil, fmt.Errorf("there is no item %q", key)
		}
		return n.Content[i], nil
	case yamlv3.MappingNode:
		if i := find(n, key); i >= 0 {
			return n.Content[i+1], nil
		}
		if merged := findMerged(n, key); merged != nil {
			// What is merged in with "<<" is shared: this object gets its own.
			own := duplicate(merged)
			n.Content = append(n.Content, textNode(key), own)
			return own, nil
		}
	}
	return nil, fmt.Errorf("there is no %q", key)
}

// find is the index of a key, or -1.
func find(n *yamlv3.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k.Kind == yamlv3.ScalarNode && k.Value == key {
			return i
		}
	}
	return -1
}

// findMerged looks for a key in what "<<" merges in, where the first one wins.
func findMerged(n *yamlv3.Node, key string) *yamlv3.Node {
	i := find(n, "<<")
	if i < 0 {
		return nil
	}
	sources := []*yamlv3.Node{n.Content[i+1]}
	if sources[0].Kind == yamlv3.SequenceNode {
		sources = sources[0].Content
	}
	for _, source := range sources {
		if source.Kind == yamlv3.AliasNode {
			source = source.Alias
		}
		if i := find(source, key); i >= 0 {
			return source.Content[i+1]
		}
		if merged := findMerged(source, key); merged != nil {
			return merged
		}
	}
	return nil
}

func remove(n *yamlv3.Node, key string) error {
	i := find(n, key)
	if i < 0 {
		return fmt.Errorf("there is no %q", key)
	}
	n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
	return nil
}

// set adds a member at the end, or gives an existing one another value. A comment
// beside the old value stays.
func set(n *yamlv3.Node, key string, value *yamlv3.Node) {
	if i := find(n, key); i >= 0 {
		old := n.Content[i+1]
		if value.Kind == yamlv3.ScalarNode {
			value.LineComment = old.LineComment
		}
		value.HeadComment, value.FootComment = old.HeadComment, old.FootComment
		n.Content[i+1] = value
		return
	}
	if len(n.Content) == 0 {
		n.Style &^= yamlv3.FlowStyle // "{}" is written so only because it is empty
	}
	n.Content = append(n.Content, textNode(key), value)
}
