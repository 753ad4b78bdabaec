// Command kubenode runs a Kubernetes cluster of one real node on this machine, for people
// who want to look at it with kubectl, until it is interrupted.
package main
