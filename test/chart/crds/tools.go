//go:build tools

// Package crds requires the modules that carry the CustomResourceDefinitions of
// cert-manager and of the Prometheus operator, which the tests of the chart create.
// Nothing is built from them.
package crds

import (
	_ "github.com/cert-manager/cert-manager/pkg/apis/certmanager"
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
)
