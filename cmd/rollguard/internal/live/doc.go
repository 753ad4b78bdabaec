// Package live reads from a cluster what package manifest otherwise reads from files,
// with the rights of whoever asks: a kubeconfig, as kubectl finds it. Everything behind
// is the same code, so "explain" says the same of a cluster and of its manifests.
//
// What may not be read is no error but a [Gap], which the caller must show: an answer
// without an Ingress may be the wrong one.
package live
