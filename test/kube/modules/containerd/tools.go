//go:build tools

// Package containerd pins the version of containerd that test/kube builds, with the
// shim that starts a Pod's containers and the client ctr. The imports are main packages,
// which no Go file can use; they are here, behind a build tag that is never set, so that
// go.mod and go.sum hold every module they need and "go mod tidy" does not remove them
// again.
package containerd

import (
	_ "github.com/containerd/containerd/v2/cmd/containerd"
	_ "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"
	_ "github.com/containerd/containerd/v2/cmd/ctr"
)
