//go:build tools

// Package helm pins the version of Helm that test/kube builds. The import is Helm's
// main package, which no Go file can use; it is here, behind a build tag that is never
// set, so that go.mod and go.sum hold every module it needs and "go mod tidy" does not
// remove them again.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
