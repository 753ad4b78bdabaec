//go:build tools

// Package kuberouter pins the version of kube-router, whose firewall enforces
// NetworkPolicies on the nodes of test/kube. The import is a main package, which no Go
// file can use; it is here, behind a build tag that is never set, so that go.mod and
// go.sum hold every module it needs and "go mod tidy" does not remove them again.
package kuberouter

import (
	_ "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
)
