// Package posture finds the Deployments that admission never saw, or saw before their
// routes were there: an Ingress that came after its Deployment, a namespace that was
// labelled late, a write that slipped through while the webhook was away.
//
// One replica at a time does it (leader.go, a Lease). A change of a namespace or its
// routes, and a slow round through all, put namespaces into a queue (loop.go). One
// namespace after the other is read in pages (pages.go), each Deployment is put to the
// core as a question about its next rollout (survey.go), and forgotten again: nothing
// is kept but a few counts and what was reported (tally.go). What is found becomes
// gauges, one Event for each piece of news about a Deployment (events.go) and, where the
// namespace asks for it, a repair (repair.go).
//
// Beside that, each replica looks once at a Deployment that it answered for and that stays at risk
// (witness.go).
//
// Why it is so, and what it costs: docs/adr/0012.
package posture
