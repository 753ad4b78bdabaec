package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// chartReadme is the page of the chart: a fixed head, and a table of its values with
// the comments of values.yaml.
func chartReadme(chart string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return "", err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(raw, &document); err != nil {
		return "", fmt.Errorf("values.yaml: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, generated, "values.yaml")
	b.WriteString("# Chart rollguard\n\n")
	b.WriteString("Installs [Rollguard](../../../README.md). The guides say how: [install](../../../docs/guides/install.md),\n[upgrade](../../../docs/guides/upgrade.md), [uninstall and off switch](../../../docs/guides/uninstall.md),\n[Argo CD and Flux](../../../docs/guides/gitops.md), [EKS](../../../docs/guides/eks.md),\n[alerts](../../../docs/guides/runbook.md).\n\n")
	b.WriteString("    helm install rollguard deploy/helm/rollguard --namespace rollguard --create-namespace \\\n      --set image.repository=REGISTRY/rollguard\n\n")
	b.WriteString("Rendering is deterministic: the chart makes no keys, looks nothing up and has no hooks. A value that is not\nlisted here, or of the wrong kind, is refused.\n\n## Values\n\n| value | default | meaning |\n| --- | --- | --- |\n")
	writeValues(&b, "", document.Content[0])
	return b.String(), nil
}

// writeValues writes a row for each value, and for each group that has a comment.
func writeValues(b *strings.Builder, prefix string, mapping *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		path, comment := prefix+key.Value, sentence(key.HeadComment)
		if value.Kind == yaml.MappingNode && len(value.Content) > 0 {
			if comment != "" {
				fmt.Fprintf(b, "| `%s` | | %s |\n", path, comment)
			}
			writeValues(b, path+".", value)
			continue
		}
		fmt.Fprintf(b, "| `%s` | `%s` | %s |\n", path, inline(value), comment)
	}
}

// sentence makes one line of a comment.
func sentence(comment string) string {
	text := strings.ReplaceAll(strings.ReplaceAll(comment, "\n#", " "), "# ", "")
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
}

// inline writes a value as it would stand behind --set.
func inline(value *yaml.Node) string {
	switch value.Kind {
	case yaml.MappingNode:
		return "{}"
	case yaml.SequenceNode:
		items := make([]string, len(value.Content))
		for i, item := range value.Content {
			items[i] = inline(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	if value.Value == "" {
		return `""`
	}
	return value.Value
}
