package server

import "github.com/rollguard/rollguard/pkg/cluster"

// sleepAction lets the configuration have a say about preStop.sleep, within what is
// safe: an API server that is known to be too old would refuse the Deployment.
type sleepAction struct {
	*cluster.State
	action string // auto, sleep or exec
}

// NativeSleep implements [admission.Cluster]. "auto" wants a version that is known to
// do it, "sleep" one that is not known not to.
func (a sleepAction) NativeSleep() bool {
	switch a.action {
	case "exec":
		return false
	case "sleep":
		return a.State.NativeSleep() || !a.VersionKnown()
	}
	return a.State.NativeSleep()
}
