// Package decision is the straight road from the raw JSON of a Deployment to a
// proven patch: read, resolve the settings, find the exposure, evaluate the policy,
// write the patch, apply it to the raw object as a proof.
//
// The webhook, the command line and the posture loop all take this road; they differ
// only in where the objects come from and in what they do with the [Decision].
package decision
