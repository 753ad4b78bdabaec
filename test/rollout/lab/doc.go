// Package lab runs rolling updates: a real cluster with a node, Rollguard as the API
// server's webhook, and for each Deployment an Ingress with a load balancer of its own.
//
// lab.go brings everything up and down. A [Stand] (stand.go) is a namespace with a
// Deployment that runs behind its load balancer (balancer.go); [Stand.Roll] (roll.go)
// updates it under load and counts. lives.go follows the Pods, strain.go the machine.
package lab
