// Package apiserver holds the tests that run the webhook behind a real
// kube-apiserver: one control plane and one webhook for the whole package, one
// namespace for each test.
//
// The webhook runs inside the test process, with the rights of its service account,
// so that a test can make a rule fail: see failingDecider.
package apiserver
