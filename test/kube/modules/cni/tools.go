//go:build tools

// Package cni pins the version of the network plugins that test/kube builds. The imports
// are main packages, which no Go file can use; they are here, behind a build tag that is
// never set, so that go.mod and go.sum hold every module they need and "go mod tidy" does
// not remove them again.
package cni

import (
	_ "github.com/containernetworking/plugins/plugins/ipam/host-local"
	_ "github.com/containernetworking/plugins/plugins/main/bridge"
	_ "github.com/containernetworking/plugins/plugins/main/loopback"
)
