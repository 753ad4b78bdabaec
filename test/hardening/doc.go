// Package hardening sends hostile input straight to the port of the real program, which
// runs with the memory limit of the manifest, while a real API server asks it about
// writes with failurePolicy Fail: the memory stays below what a Pod may take, and each
// honest request is answered within its deadline.
//
// The table in docs/reference/hardening.md is written by
//
//	go test ./test/hardening -args -write
//
// and checked by every run.
package hardening
