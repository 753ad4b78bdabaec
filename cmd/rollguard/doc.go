// Command rollguard shows what the admission webhook makes of manifests ("render",
// "strip"), says why ("explain"), and how files or a cluster stand ("audit", "status",
// "check"). kubectl finds it as a plugin under the name kubectl-rollguard.
package main
