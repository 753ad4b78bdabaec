// Package mutator finds who else changes what Rollguard sets: webhooks, policies of the API
// server and policies of policy engines that are called for Deployments or Pods of the
// namespaces that Rollguard guards. It does no I/O.
//
// Only what is proven counts as a conflict: a Pod that is not as its ReplicaSet wants it
// ([Changed], [Refused]). All the rest is a note: a webhook is a program, and nobody can read off its
// configuration what it does.
package mutator
