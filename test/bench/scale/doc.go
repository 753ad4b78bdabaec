// Package scale makes a large cluster on a control plane of package kube, the one of the
// bars: 4,000 namespaces with 8,000 Deployments, 12,000 Ingresses and 13,000 Services, and
// one namespace more with 5,000 Ingresses and Services. It runs the real webhook against
// it and measures what that takes.
//
// What a test cannot judge on a shared machine, it prints: see command scalebench.
package scale
