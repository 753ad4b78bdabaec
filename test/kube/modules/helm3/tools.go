//go:build tools

// Package helm3 pins the version of Helm 3 that test/kube builds beside Helm 4, which it
// has little in common with. See package helm for why this file is as it is.
package helm3

import _ "helm.sh/helm/v3/cmd/helm"
