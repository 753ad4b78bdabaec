// Package chart holds the tests of the Helm chart: with the real Helm, and against a
// real kube-apiserver that has the CustomResourceDefinitions of cert-manager and of
// the Prometheus operator, each from its own module (crds/go.mod).
package chart
