// Command kubebuild builds the Kubernetes and etcd binaries that the tests of Rollguard
// run, into bin/kube, and prints their paths.
package main
