// Package pipelines tries what docs/guides/pipelines.md shows: the command line behind the
// real Helm 4, Helm 3 and kustomize, the last as kubectl has it.
package pipelines
