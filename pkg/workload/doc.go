// Package workload is the Deployment as Rollguard reads it: a small typed view
// over the raw JSON of the object, and the closed set of fields that Rollguard
// may write.
//
// The view exists for three reasons. It is all that a rule can see, so a rule
// cannot depend on, or change, anything else. It leaves the raw object alone, so
// fields that this version does not know survive (controller-runtime issue 2982,
// kueue issue 2878). And it costs a fraction of decoding and encoding the whole
// typed object, most of which is environment variables nobody here looks at.
//
// Values that the API server would default (strategy, grace period, progress
// deadline) are filled in where the raw object lacks them, so that manifests read
// from a file and objects seen at admission look alike.
package workload
