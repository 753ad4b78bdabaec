// Package pipelines tries what docs/guides/pipelines.md shows: the command line behind the
// real Helm and kustomize, the latter as kubectl has it.
package pipelines
