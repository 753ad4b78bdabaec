//go:build tools

// Package gatewayapi pins the version of the Gateway API whose CustomResourceDefinitions
// test/apiserver installs. The import, behind a build tag that is never set, keeps the
// requirement when "go mod tidy" runs.
package gatewayapi

import _ "sigs.k8s.io/gateway-api/apis/v1"
