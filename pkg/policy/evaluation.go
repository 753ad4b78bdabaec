package policy

import (
	"fmt"
	"slices"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/provenance"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// evaluation is one call of [Evaluate]: what the rules read and where they put what
// they want.
type evaluation struct {
	in *Input
	// author is the Deployment without what Rollguard wrote earlier.
	author *workload.Deployment
	// evidence tells who wrote the fields of the new object; previous are the fields of
	// the old one that are ours.
	evidence *provenance.Evidence
	previous provenance.Proven
	// deliberate are the fields that their author put back to the API's default.
	deliberate []workload.Path
	exposure   topology.Exposure
	// optedOut is set when the Deployment's author wants nothing of ours any more.
	optedOut bool
	// assumed is set when the exposure is a guess: no probe is then added.
	assumed bool
	// unclear is set while something that may send requests here cannot be read; held are
	// the rules that then want what stands already.
	unclear bool
	held    map[api.Rule]bool
	timing  timing
	ready   readyNeed

	current api.Rule
	result  Result
}

func newEvaluation(in *Input) *evaluation {
	return &evaluation{in: in, exposure: in.Exposure, result: Result{
		Trigger:  Created,
		Mode:     in.Settings.Mode.Value,
		Exposure: in.Exposure,
		Paused:   in.New.Paused,
	}}
}

func (e *evaluation) run(r rule) {
	e.current = r.name
	if e.in.Settings.Keeps(r.name) {
		text := fmt.Sprintf("rule %s is left alone, as %skeep asks", r.name, api.Prefix)
		if reason := e.in.Settings.KeepReason.Value; reason != "" {
			text += ": " + reason
		}
		e.find(Kept, KeptOnRequest, "", text)
		e.keepOurs(r.name)
		return
	}
	r.evaluate(e)
}

// find reports something that changes nothing.
func (e *evaluation) find(outcome Outcome, code Code, path workload.Path, text string) {
	e.result.Findings = append(e.result.Findings, Finding{
		Rule: e.current, Outcome: outcome, Code: code, Path: path, Message: text,
	})
}

// free tells whether Rollguard may write a field: nobody is known to have written it
// on purpose.
func (e *evaluation) free(p workload.Path) bool {
	return e.evidence.Of(p) != provenance.Authored && !slices.Contains(e.deliberate, p)
}

// enforcing tells whether authored values may be changed, in the safe direction.
func (e *evaluation) enforcing() bool { return e.in.Settings.Mode.Value == api.Enforce }

// problems turns what was wrong with annotations into findings.
func (e *evaluation) problems() {
	if v, ok := e.in.New.Labels[api.LabelInject]; ok && v != api.InjectDisabled && v != api.InjectEnabled {
		e.find(AtRisk, InvalidAnnotation, "", fmt.Sprintf("label %s has no effect: %q is not %s", api.LabelInject, v, api.InjectDisabled))
	}
	for _, p := range append(api.LabelProblems(e.in.New.Labels), e.in.Problems...) {
		code := InvalidAnnotation
		switch p.Kind {
		case api.UnknownKey, api.WrongObject:
			code = UnknownAnnotation
		case api.OutOfBounds:
			code = ValueOutOfBounds
		case api.NotPermitted:
			code = OverrideNotAllowed
		}
		e.find(AtRisk, code, "", p.Message)
		if p.Layer == api.LayerNamespace && p.Key != api.Prefix+"exposure" {
			e.result.elsewhere++
		}
	}
}
