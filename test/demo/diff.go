package main

import (
	"strings"

	"github.com/pmezard/go-difflib/difflib"
	"sigs.k8s.io/yaml"
)

// difference compares two stored Deployments, without what differs anyway.
func difference(before, after string) (string, error) {
	a, err := tidy(before)
	if err != nil {
		return "", err
	}
	b, err := tidy(after)
	if err != nil {
		return "", err
	}
	return difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(a), B: difflib.SplitLines(b), Context: 2,
		FromFile: "without Rollguard", ToFile: "with Rollguard",
	})
}

func tidy(text string) (string, error) {
	var object map[string]any
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		return "", err
	}
	delete(object, "status")
	metadata, _ := object["metadata"].(map[string]any)
	for _, key := range []string{"managedFields", "uid", "resourceVersion", "generation", "creationTimestamp"} {
		delete(metadata, key)
	}
	if annotations, _ := metadata["annotations"].(map[string]any); annotations != nil {
		delete(annotations, "kubectl.kubernetes.io/last-applied-configuration")
		if len(annotations) == 0 {
			delete(metadata, "annotations")
		}
	}
	out, err := yaml.Marshal(object)
	return strings.TrimSpace(string(out)) + "\n", err
}
