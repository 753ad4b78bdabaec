// Command kubebuild builds the programs of Kubernetes and others that the tests of
// Rollguard run, into bin/kube, and prints their paths.
package main
