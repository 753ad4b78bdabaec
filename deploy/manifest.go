// Package deploy holds the manifest that "make generate" renders from the chart, so that
// an installation can be held against it.
package deploy

import _ "embed" // for go:embed

//go:embed rollguard.yaml
var manifest string

// Manifest is deploy/rollguard.yaml: the chart with its default values.
func Manifest() string { return manifest }
