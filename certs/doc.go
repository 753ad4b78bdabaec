// Package certs is where Rollguard's serving certificates come from.
//
// A Source hands the current certificate to the TLS server and keeps it fresh.
// There are three in this module: File, in this package, reads a mounted Secret;
// package certmanager does the same and also watches the Certificate from which
// cert-manager fills that Secret; package selfsigned keeps its own authority in a
// Secret of the cluster. All keep what they serve in a Serving.
//
// The rest of the package is the pure part: making and checking authorities,
// leaves and CA bundles. It does no I/O and is told the time, so that a rotation
// that takes a year can be tested in a second.
package certs
