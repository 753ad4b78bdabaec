package api

import "time"

// Profile is a named set of timings that an administrator chose for a kind of
// service. See docs/reference/annotations.md for how sleep and grace period follow
// from it.
type Profile struct {
	RequestTimeout time.Duration
	ShutdownMargin time.Duration
	Propagation    Propagation
}

// DefaultProfile is the profile of a Deployment that names none.
const DefaultProfile = "standard"

// BuiltInProfiles are the profiles that exist without any configuration. "standard"
// gives the measured 20 s sleep and 30 s grace period behind an ALB with ip targets;
// "careful" also outlasts a fail-over of the load balancer controller, 15 to 23 s. An NLB
// with ip targets goes on sending for 120 to 200 s (LBC issue 2366; docs/adr/0009).
func BuiltInProfiles() map[string]Profile {
	return map[string]Profile{
		"standard": {
			RequestTimeout: 15 * time.Second,
			ShutdownMargin: 10 * time.Second,
			Propagation: Propagation{
				Service: 5 * time.Second,
				ALBIP:   5 * time.Second, ALBInstance: 25 * time.Second,
				NLBIP: 120 * time.Second, NLBInstance: 25 * time.Second,
			},
		},
		"careful": {
			RequestTimeout: 15 * time.Second,
			ShutdownMargin: 15 * time.Second,
			Propagation: Propagation{
				Service: 10 * time.Second,
				ALBIP:   20 * time.Second, ALBInstance: 45 * time.Second,
				NLBIP: 200 * time.Second, NLBInstance: 45 * time.Second,
			},
		},
	}
}

// Bounds are the limits that an administrator sets; a value beyond is clamped and
// reported.
type Bounds struct {
	MaxPreStopSleep  time.Duration
	MaxGracePeriod   time.Duration
	MaxStartupBudget time.Duration
	MaxMinReady      time.Duration
}

// DefaultBounds leave room for every measured case and keep a mistyped value from
// holding up node drains for hours.
func DefaultBounds() Bounds {
	return Bounds{
		MaxPreStopSleep:  5 * time.Minute,
		MaxGracePeriod:   15 * time.Minute,
		MaxStartupBudget: time.Hour,
		MaxMinReady:      10 * time.Minute,
	}
}
