// Package topology answers one question: by which load balancers does traffic
// reach the Pods of this Deployment?
//
// A [Graph] is built from the plain objects of one namespace plus the
// cluster-scoped classes, and never changes. [Graph.Exposure] walks from a Pod
// template to the Services that select it and on to what sends traffic there. For
// an AWS Application Load Balancer (ALB) it follows the code of the AWS Load
// Balancer Controller (LBC, kubernetes-sigs/aws-load-balancer-controller), whose
// files are named beside each rule.
//
// What cannot be read is said as a [Gap], never guessed.
package topology
