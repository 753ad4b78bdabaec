// Package load writes Deployments through a real API server, with failurePolicy Fail,
// while two replicas of the real program are rolled, killed and given new certificates,
// and counts the writes that were refused.
//
// # What stands for a Service
//
// There are no Pods here, so the API server reaches the replicas by a URL: that of a
// [Balancer] on the loopback interface, which does with connections what kube-proxy does:
// each new one goes to a random endpoint, what is open stays where it is, an endpoint that is
// dead but still listed refuses, and nothing is tried twice. Endpoints are taken off the list
// some time after their Pod began to end, as in a cluster, while the Pod is in the preStop
// sleep that the chart gives it.
//
// The long form is "make load"; the test of the package is the short one.
package load
