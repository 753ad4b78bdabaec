// Package build compiles the programs that Rollguard's tests run against, those
// of Kubernetes, etcd, containerd and others, from Go modules: nothing is
// downloaded but module source, through whatever module proxy the environment
// names, checked against the go.sum files in test/kube/modules.
//
// A binary is built once and kept, with a stamp that names its version and how
// it was built; it is built again when the pinned version changes.
package build
