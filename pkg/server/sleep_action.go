package server

import (
	"github.com/rollguard/rollguard/pkg/cluster"
	"github.com/rollguard/rollguard/pkg/config"
)

// sleepAction lets the configuration have a say about preStop.sleep.
type sleepAction struct {
	*cluster.State
	action string // auto, sleep or exec
}

// NativeSleep implements [admission.Cluster]; see [config.NativeSleep].
func (a sleepAction) NativeSleep() bool {
	return config.NativeSleep(a.action, a.State.NativeSleep(), a.VersionKnown())
}
