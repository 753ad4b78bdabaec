package api

import "slices"

// Prefix is the prefix of every key that belongs to Rollguard.
const Prefix = "rollguard.io/"

const (
	// LabelInject on a Namespace, with the value "enabled", makes the API server call
	// Rollguard. On a Deployment, with the value "disabled", it opts out.
	LabelInject = Prefix + "inject"
	// InjectEnabled switches a namespace on.
	InjectEnabled = "enabled"
	// InjectDisabled switches a Deployment off.
	InjectDisabled = "disabled"

	// AnnotationInjected on a Deployment is written by Rollguard: the record of what
	// it wrote.
	AnnotationInjected = Prefix + "injected"

	// AnnotationRepaired on a Deployment is written by Rollguard's posture loop: what it
	// last asked its own webhook to repair, and of which resourceVersion. A value that is
	// new and begins with "rollout" lets the webhook complete the Pod template, where
	// the namespace asks for that.
	AnnotationRepaired = Prefix + "repaired"
)

// Mode says what Rollguard may do.
type Mode string

// The modes.
const (
	// Fill completes what the author left out and never changes an authored value.
	Fill Mode = "fill"
	// Enforce also changes authored values, in the safe direction only.
	Enforce Mode = "enforce"
	// Audit changes nothing and reports what Fill would change.
	Audit Mode = "audit"
)

// ExposureAuto is the value of the exposure annotation that asks for detection; the
// other values are the names of the kinds in package topology.
const ExposureAuto = "auto"

// Exposures are the values of the exposure annotation.
func Exposures() []string {
	return []string{ExposureAuto, "alb-ip", "alb-instance", "nlb-ip", "nlb-instance", "service", "none"}
}

// Rollout says whether Rollguard itself may start a rollout.
type Rollout string

// The values of the rollout annotation.
const (
	// RolloutNext leaves the Pod template alone until its author changes it.
	RolloutNext Rollout = "next"
	// RolloutImmediate completes the Pod template on any write.
	RolloutImmediate Rollout = "immediate"
)

// Repair says how far Deployments are repaired that slipped through, as they were
// written before their routes or while the webhook was away.
type Repair string

// The values of the repair annotation, each going further than the one before.
const (
	RepairReport   Repair = "report"   // say so
	RepairStrategy Repair = "strategy" // and write what starts no rollout
	RepairRollout  Repair = "rollout"  // and complete the Pod template, one Deployment after the other
)

// Repairs are all values, from the one that does the least.
func Repairs() []Repair { return []Repair{RepairReport, RepairStrategy, RepairRollout} }

// Includes tells whether r goes at least as far as other.
func (r Repair) Includes(other Repair) bool {
	return slices.Index(Repairs(), r) >= slices.Index(Repairs(), other)
}

// ProbeKind says what kind of probe is injected.
type ProbeKind string

// The probe kinds.
const (
	ProbeAuto ProbeKind = "auto" // http when a path is known, else tcp
	ProbeHTTP ProbeKind = "http"
	ProbeTCP  ProbeKind = "tcp"
	ProbeGRPC ProbeKind = "grpc"
	ProbeNone ProbeKind = "none"
)

// Rule names one rule, as in the keep annotation.
type Rule string

// The rules, in the order in which they run.
const (
	RuleStrategy         Rule = "strategy"
	RuleStartupProbe     Rule = "startup-probe"
	RuleReadinessProbe   Rule = "readiness-probe"
	RulePreStop          Rule = "pre-stop"
	RuleGracePeriod      Rule = "grace-period"
	RuleMinReady         Rule = "min-ready"
	RuleProgressDeadline Rule = "progress-deadline"
)

// Rules are all rules, in the order in which they run.
func Rules() []Rule {
	return []Rule{
		RuleStrategy, RuleStartupProbe, RuleReadinessProbe, RulePreStop,
		RuleGracePeriod, RuleMinReady, RuleProgressDeadline,
	}
}
