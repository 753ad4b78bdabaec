//go:build tools

// Package kubernetes pins the version of the Kubernetes binaries that
// test/kube builds: the imports below are main packages, which no Go file can
// use, and the build tag keeps them from ever being compiled as imports. They
// are here so that go.mod and go.sum hold every module those binaries need and
// "go mod tidy" does not remove them again. The module is one of its own so
// that none of these 2,400 packages reaches the go.mod of Rollguard.
package kubernetes

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-proxy"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
	_ "k8s.io/kubernetes/cmd/kubelet"
)
