// Package admission turns an AdmissionRequest into a decision and the decision into
// an AdmissionResponse.
//
// It holds the promise that Rollguard never breaks a write: whatever goes wrong
// inside, the answer is "allowed, without a patch", with a warning, an audit
// annotation and a counter. failurePolicy Ignore would not do that: a rejection, a
// patch that does not apply and a panic that controller-runtime recovers all refuse
// the author's write (apiserver pkg/admission/plugin/webhook/mutating/
// dispatcher.go).
//
// handler.go is the road of a request, response.go builds every answer, warning.go
// the lines that kubectl prints.
package admission
