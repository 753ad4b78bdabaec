package api

import (
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"
)

// Settings is everything that the annotations, the profile and the built-in defaults
// say about one Deployment.
type Settings struct {
	Mode     Setting[Mode]
	Profile  Setting[string]
	Exposure Setting[string]
	// Keep are the rules that must leave the Deployment alone.
	Keep       Setting[[]Rule]
	KeepReason Setting[string]
	// Container is the serving container; empty means it is resolved.
	Container Setting[string]

	MaxSurge       Setting[intstr.IntOrString]
	MaxUnavailable Setting[intstr.IntOrString]

	Timing Timing

	Readiness Probe
	Startup   Probe

	// MinReady is the time a new Pod must stay Ready; nil asks for it to be derived.
	MinReady Setting[*time.Duration]
	Rollout  Setting[Rollout]
	// Repair says how far the posture loop goes. It is the namespace's.
	Repair Setting[Repair]
	// Bounds are the administrator's limits; what is computed keeps to them too.
	Bounds Bounds
	// MutateOwned lets Rollguard change Deployments that another controller owns.
	MutateOwned Setting[bool]
}

// Keeps tells whether the author asked a rule to leave the Deployment alone.
func (s *Settings) Keeps(rule Rule) bool {
	for _, r := range s.Keep.Value {
		if r == rule {
			return true
		}
	}
	return false
}

// Timing is what the sleep and the grace period are computed from.
type Timing struct {
	// RequestTimeout is the longest a request may take.
	RequestTimeout Setting[time.Duration]
	// ShutdownMargin is kept between the end of the last request and SIGKILL.
	ShutdownMargin Setting[time.Duration]
	// Propagation is how long it takes until nothing new is sent to a Pod that is
	// going away, for each kind of exposure.
	Propagation Setting[Propagation]
	// DrainsOnSIGTERM declares that the application finishes its requests by itself.
	DrainsOnSIGTERM Setting[bool]
	// PreStopSleep and GracePeriod replace the computed values; nil means computed.
	PreStopSleep Setting[*time.Duration]
	GracePeriod  Setting[*time.Duration]
}

// Propagation is the propagation delay for each kind of exposure.
type Propagation struct {
	Service, ALBIP, ALBInstance, NLBIP, NLBInstance time.Duration
}

// Probe is what is asked of one probe. Nil values mean: derive it.
type Probe struct {
	Kind             Setting[ProbeKind]
	Path             Setting[string]
	Port             Setting[*intstr.IntOrString]
	Period           Setting[time.Duration]
	Timeout          Setting[time.Duration]
	SuccessThreshold Setting[int32]
	FailureThreshold Setting[*int32]
	// Budget is how long a start may take; only the startup probe has one.
	Budget Setting[*time.Duration]
}
