//go:build tools

// Package etcd pins the version of etcd that test/kube builds. The import is
// etcd's main package, which no Go file can use; it is here, behind a build tag
// that is never set, so that go.mod and go.sum hold every module it needs and
// "go mod tidy" does not remove them again. The module is one of its own
// because Kubernetes pins another patch version of the same modules.
package etcd

import _ "go.etcd.io/etcd/server/v3"
