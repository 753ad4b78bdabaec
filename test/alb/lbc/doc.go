// Package lbc stands for the AWS Load Balancer Controller (LBC). It watches what LBC
// watches, decides as LBC decides which endpoints are targets, and acts on package alb
// instead of AWS, after the lags that were measured of the real controller.
//
// binding.go reads Ingress and Service, once, as the annotations of LBC say;
// endpoints.go says which endpoints are targets; controller.go is the loop with its
// lags; gate.go writes the readiness gate; watch.go is the side of the API server.
package lbc
