// Package server is the only place that knows everything: it wires certificates,
// caches, the admission handler, metrics and health together, and shuts them down
// in order.
//
// [Run] is the whole life of the process. Two listeners serve it: one for the API
// server (TLS, admission only) and one for operators (health, readiness, metrics),
// so that a flood on one does not hide the other.
package server
