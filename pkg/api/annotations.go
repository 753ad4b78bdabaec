package api

import "time"

// Annotation is one key that users may set, as the reference lists it.
type Annotation struct {
	// Key is without the prefix.
	Key string
	// OnNamespace and OnDeployment say where it may stand.
	OnNamespace, OnDeployment bool
	// Values, Default and Help are for people.
	Values, Default, Help string

	// set parses a value into the settings; nil for keys that Resolve handles by
	// itself.
	set func(*Settings, string, Source) error
}

// Annotations lists every annotation, in the order of the reference.
func Annotations() []Annotation {
	list := []Annotation{
		{Key: "mode", OnNamespace: true, OnDeployment: true,
			Values: "`fill`, `enforce`, `audit`", Default: "`fill`",
			Help: "What Rollguard may do. `fill` completes what the author left out and never changes an authored value; `enforce` also changes authored values that lose requests, in the safe direction; `audit` changes nothing and only reports. Where `enforce` corrected a value, another manager that server-side applies the author's own value gets a conflict from the API server, which merges before it asks Rollguard.",
			set:  into(func(s *Settings) *Setting[Mode] { return &s.Mode }, oneOf(Fill, Enforce, Audit))},
		{Key: keyProfile, OnNamespace: true, OnDeployment: true,
			Values: "`standard`, `careful`, any in the [configuration file](configuration.md)", Default: "`standard`",
			Help: "The named set of timings that the sleep and the grace period follow from."},
		{Key: keyAllowOverrides, OnNamespace: true,
			Values: "`true`, `false`", Default: "`true`",
			Help: "Whether annotations on Deployments count in this namespace."},
		{Key: "exposure", OnNamespace: true, OnDeployment: true,
			Values: "`auto`, `alb-ip`, `alb-instance`, `nlb-ip`, `nlb-instance`, `service`, `none`", Default: "`auto`",
			Help: "How traffic reaches the Pods. `auto` finds out from Ingresses, Gateway API routes, TargetGroupBindings and Services; any other value replaces what is found.",
			set:  into(func(s *Settings) *Setting[string] { return &s.Exposure }, oneOf(Exposures()...))},
		{Key: "keep", OnDeployment: true,
			Values: "rule names, comma-separated", Default: "none",
			Help: "Rules that must leave this Deployment alone.",
			set:  into(func(s *Settings) *Setting[[]Rule] { return &s.Keep }, parseRules)},
		{Key: "keep-reason", OnDeployment: true,
			Values: "free text", Default: "",
			Help: "Why, for whoever reads it next. Shown in findings.",
			set:  into(func(s *Settings) *Setting[string] { return &s.KeepReason }, parseText)},
		{Key: "container", OnDeployment: true,
			Values: "container name", Default: "resolved from the Service",
			Help: "The container that serves the requests, where it cannot be told from the ports.",
			set:  into(func(s *Settings) *Setting[string] { return &s.Container }, parseName)},
	}
	list = append(list, strategyAnnotations()...)
	list = append(list, timingAnnotations()...)
	list = append(list, probeAnnotations("readiness", func(s *Settings) *Probe { return &s.Readiness })...)
	list = append(list, probeAnnotations("startup", func(s *Settings) *Probe { return &s.Startup })...)
	return append(list, rolloutAnnotations()...)
}

const (
	keyProfile        = "profile"
	keyAllowOverrides = "allow-overrides"
)

func strategyAnnotations() []Annotation {
	return []Annotation{
		{Key: "max-surge", OnNamespace: true, OnDeployment: true,
			Values: "count or percent", Default: "`25%`",
			Help: "How many Pods a rollout may add beyond the replicas.",
			set:  into(func(s *Settings) *surge { return &s.MaxSurge }, parseSurge)},
		{Key: "max-unavailable", OnNamespace: true, OnDeployment: true,
			Values: "count or percent", Default: "`0`",
			Help: "How many Pods a rollout may take away before their replacements are available.",
			set:  into(func(s *Settings) *surge { return &s.MaxUnavailable }, parseUnavailable)},
	}
}

func timingAnnotations() []Annotation {
	return []Annotation{
		{Key: "request-timeout", OnNamespace: true, OnDeployment: true,
			Values: "duration", Default: "profile (`15s`)",
			Help: "The longest a request may take.",
			set:  into(func(s *Settings) *Setting[time.Duration] { return &s.Timing.RequestTimeout }, parseDuration)},
		{Key: "propagation-delay", OnNamespace: true, OnDeployment: true,
			Values: "duration", Default: "profile, by exposure",
			Help: "How long new requests may still arrive after a Pod starts to terminate.",
			set: into(func(s *Settings) *Setting[Propagation] { return &s.Timing.Propagation },
				func(v string) (Propagation, error) {
					d, err := parseDuration(v)
					return Propagation{Service: d, ALBIP: d, ALBInstance: d, NLBIP: d, NLBInstance: d}, err
				})},
		{Key: "shutdown-margin", OnNamespace: true, OnDeployment: true,
			Values: "duration", Default: "profile (`10s`)",
			Help: "The time left between the end of the last request and SIGKILL.",
			set:  into(func(s *Settings) *Setting[time.Duration] { return &s.Timing.ShutdownMargin }, parseDuration)},
		{Key: "drains-on-sigterm", OnNamespace: true, OnDeployment: true,
			Values: "`true`, `false`", Default: "`false`",
			Help: "Declares that the application finishes its requests after SIGTERM, so that the sleep need not cover them. The sleep is then the propagation delay alone: behind an ALB that takes longer than the 5s of profile `standard`, take `careful` with it.",
			set:  into(func(s *Settings) *Setting[bool] { return &s.Timing.DrainsOnSIGTERM }, parseBool)},
		{Key: "pre-stop-sleep", OnNamespace: true, OnDeployment: true,
			Values: "duration", Default: "computed",
			Help: "Replaces the computed preStop sleep.",
			set:  intoPointer(func(s *Settings) *Setting[*time.Duration] { return &s.Timing.PreStopSleep }, parsePositiveDuration)},
		{Key: "grace-period", OnNamespace: true, OnDeployment: true,
			Values: "duration", Default: "computed",
			Help: "Replaces the computed grace period. It is never lowered below what the Pod has.",
			set:  intoPointer(func(s *Settings) *Setting[*time.Duration] { return &s.Timing.GracePeriod }, parsePositiveDuration)},
	}
}

func rolloutAnnotations() []Annotation {
	return []Annotation{
		{Key: "min-ready", OnNamespace: true, OnDeployment: true,
			Values: "`auto` or duration", Default: "`auto`",
			Help: "How long a new Pod must stay Ready before the rollout goes on. `auto` follows the ALB's health check; an NLB takes `3m`.",
			set:  into(func(s *Settings) *Setting[*time.Duration] { return &s.MinReady }, parseMinReady)},
		{Key: "rollout", OnNamespace: true, OnDeployment: true,
			Values: "`next`, `immediate`", Default: "`next`",
			Help: "`next` leaves the Pod template alone until its author changes it; `immediate` completes it on any write that changes the spec or a `rollguard.io` annotation, which starts a rollout.",
			set:  into(func(s *Settings) *Setting[Rollout] { return &s.Rollout }, oneOf(RolloutNext, RolloutImmediate))},
		{Key: "repair", OnNamespace: true,
			Values: "`report`, `strategy`, `rollout`", Default: "`report`",
			Help: "What happens to a Deployment that is found unguarded, as its route came later or the webhook was away. `report` says so in an Event; `strategy` also writes the strategy, minReadySeconds and the progress deadline, which starts no rollout; `rollout` also completes the Pod template, one Deployment of the namespace after the other.",
			set:  into(func(s *Settings) *Setting[Repair] { return &s.Repair }, oneOf(Repairs()...))},
		{Key: "owned", OnDeployment: true,
			Values: "`mutate`, `skip`", Default: "`skip`",
			Help: "Whether a Deployment that another controller owns is changed.",
			set: into(func(s *Settings) *Setting[bool] { return &s.MutateOwned },
				func(v string) (bool, error) {
					word, err := oneOf("mutate", "skip")(v)
					return word == "mutate", err
				})},
		{Key: keyInjected, OnDeployment: true,
			Values: "written by Rollguard", Default: "",
			Help: "The record of what Rollguard wrote. Leave it alone."},
		{Key: keyRepaired, OnDeployment: true,
			Values: "written by Rollguard", Default: "",
			Help: "What Rollguard last repaired by itself, and of which resourceVersion. It may be removed."},
	}
}

func parseMinReady(v string) (*time.Duration, error) {
	if v == "auto" {
		return nil, nil
	}
	d, err := parseDuration(v)
	return &d, err
}
