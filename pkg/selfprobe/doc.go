// Package selfprobe asks the API server for what an author would get: a Deployment that
// is created, as a dry run, and comes back completed or not. That is the only place from
// which the whole road can be seen: configuration, network, certificate, decision.
//
// The Deployment is created in a namespace of its own, which is enabled like any other,
// and in which nothing can run (deploy/rollguard.yaml). The webhook configuration has a
// second entry for that namespace alone, with failurePolicy Fail: when the first entry
// is passed over in silence, as failurePolicy Ignore wants it, the second one makes the
// API server say why.
//
// [Prober] looks, [Watch] looks again and again; "rollguard check" looks once.
package selfprobe
