// Package install puts Rollguard on a control plane of package kube: the objects of
// deploy/rollguard.yaml, with the webhook reached by URL on this machine instead of
// through a Service, as no Pods run there. The webhook acts as the service account
// of the manifest, with no rights beyond the manifest's.
package install
