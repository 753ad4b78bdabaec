// Package patch writes a JSON Patch (RFC 6902) from a list of wanted values and
// proves that it applies.
//
// A patch that does not apply makes the API server reject the author's write,
// whatever failurePolicy says (apiserver pkg/admission/plugin/webhook/mutating/
// dispatcher.go), so [Build] looks at the raw object to see which parents exist,
// and [Apply] runs the finished operations against a fresh parse of it. The two do
// not share code for finding a place. Diffing two encoded objects is avoided on
// purpose: it costs ten times as much and removes fields that the compiled-in types
// do not know.
package patch
