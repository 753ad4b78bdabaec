//go:build tools

// Package k6 pins the version of the load generator k6 that test/kube builds. The import
// is k6's main package, which no Go file can use; it is here, behind a build tag that is
// never set, so that go.mod and go.sum hold every module it needs and "go mod tidy" does
// not remove them again.
package k6

import _ "go.k6.io/k6"
