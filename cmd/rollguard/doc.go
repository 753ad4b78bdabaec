// Command rollguard shows what the admission webhook makes of manifests: "render"
// writes it, "explain" says why. It is also installed as kubectl-rollguard.
package main
