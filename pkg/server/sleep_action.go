package server

import "github.com/rollguard/rollguard/pkg/admission"

// versioned lets the configuration overrule what the API server's version says
// about preStop.sleep.
type versioned struct {
	admission.Cluster
	action string // auto, sleep or exec
}

// NativeSleep implements [admission.Cluster].
func (v versioned) NativeSleep() bool {
	switch v.action {
	case "sleep":
		return true
	case "exec":
		return false
	}
	return v.Cluster.NativeSleep()
}
