package policy

import (
	"encoding/json"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Input is everything that a decision depends on.
type Input struct {
	// New is the Deployment as the request wants it; Old is the stored one, nil on
	// create.
	New, Old *workload.Deployment
	Settings api.Settings
	Problems []api.Problem
	// Exposure is what topology found; the settings may replace its kind.
	Exposure topology.Exposure
	// Room is what the namespace leaves to a new Pod.
	Room capacity.Room
	// Manifest says that New is its author's manifest, not an object of an API server.
	Manifest bool
	// NativeSleep says that the API server knows preStop.sleep (KEP-3960, on from
	// 1.30). An older server rejects the whole Deployment, so unknown means no.
	NativeSleep bool
	// AssumeService treats a new Deployment that no route leads to, but that declares
	// a TCP port, as exposed by a Service that is still to come.
	AssumeService bool
	// Survey is set when New is a stored object that nobody is writing. Old is then nil.
	Survey Survey
}

// Survey is a question about a stored Deployment.
type Survey string

// The questions.
const (
	// NextRollout asks what would change if its Pod template were written now.
	NextRollout Survey = "next-rollout"
	// WithoutRollout asks what may be written now without starting a rollout.
	WithoutRollout Survey = "without-rollout"
)

// Trigger says what kind of write was evaluated.
type Trigger string

// The triggers.
const (
	// Created: everything is evaluated.
	Created Trigger = "created"
	// TemplateChanged: the author changed the Pod template, so a rollout starts anyway
	// and everything is evaluated.
	TemplateChanged Trigger = "template-changed"
	// TemplateKept: the stored template stays exactly as it is.
	TemplateKept Trigger = "template-kept"
	// FieldsDropped: the write dropped our fields and nothing else in the template; it
	// is put back as it was.
	FieldsDropped Trigger = "fields-dropped"
	// Unrelated: neither the spec nor anything that steers Rollguard changed.
	Unrelated Trigger = "unrelated"
	// Surveyed: nobody is writing; everything is evaluated, and nothing is assumed.
	Surveyed Trigger = "surveyed"
	// RepairAsked: the posture loop asks for the Pod template to be completed, so
	// everything is evaluated.
	RepairAsked Trigger = "repair-asked"
	// LeftAlone: Rollguard has no business with this Deployment.
	LeftAlone Trigger = "left-alone"
)

// Result is the decision.
type Result struct {
	Trigger  Trigger
	Mode     api.Mode
	Exposure topology.Exposure
	Changes  []Change
	Findings []Finding
	// Computed are the values that follow from the settings, by name, for explain.
	Computed Computed
	// Paused tells whether the Deployment is: kubectl refuses to restart such a one.
	Paused bool

	optedOut bool
	// elsewhere counts the risks that are mistakes in the namespace's annotations, which
	// matter to those that get traffic.
	elsewhere int
	// lacking counts the changes that add a value or make one of ours protect more.
	lacking int
	wants   []want
	// record are the values that are ours, authors those that ours took the place of.
	record, authors map[workload.Path]json.RawMessage
}

// OptedOut tells whether the Deployment's author wants nothing of ours any more.
func (r *Result) OptedOut() bool { return r.optedOut }

// Evaluate decides about one Deployment. It never fails: what cannot be decided is
// a finding.
func Evaluate(in *Input) Result {
	e := newEvaluation(in)
	if e.leaveAlone() {
		return e.result
	}
	e.trigger()
	if e.result.Trigger == Unrelated {
		return e.result
	}
	if !e.optedOut {
		e.problems()
	}
	e.repair()
	e.expose()
	if e.exposure.Kind != topology.None {
		e.computeTiming()
		for _, r := range rules() {
			e.run(r)
		}
		e.findHazards()
	}
	e.settle()
	return e.result
}
