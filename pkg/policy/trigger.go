package policy

import (
	"fmt"
	"strings"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// leaveAlone ends the evaluation for Deployments that are none of our business.
func (e *evaluation) leaveAlone() bool {
	d := e.in.New
	e.result.Trigger = LeftAlone
	switch {
	case d.Deleting:
		return true
	case d.Labels[api.LabelInject] == api.InjectDisabled:
		// What was added before goes away with the next rollout.
		e.optedOut, e.result.optedOut = true, true
		if !recorded(d) && !recorded(e.in.Old) {
			return true
		}
	case d.Controller != "" && !e.in.Settings.MutateOwned.Value:
		e.find(Skipped, OwnedByController, "", fmt.Sprintf("this Deployment is owned by %s, which would undo changes; set %sowned: mutate if not", d.Controller, api.Prefix))
		return true
	}
	if n := len(d.Template.Containers); n > maxContainers {
		e.find(Skipped, TooManyContainers, "", fmt.Sprintf("this Deployment has %d containers, and more than %d are not looked at", n, maxContainers))
		return true
	}
	e.result.Trigger = Created
	return false
}

// recorded tells whether a Deployment has something of ours. One that loses the record with
// a write, as an undo to a revision of before Rollguard does, may still have it in its spec.
func recorded(d *workload.Deployment) bool {
	return d != nil && d.Annotations[api.AnnotationInjected] != ""
}

// maxContainers is far above any Pod that runs, and keeps one object from costing more
// than a request may.
const maxContainers = 256

// trigger finds out what kind of write this is, and who wrote what. A write that
// does not change the author's Pod template must not start a rollout: that is why
// the templates are compared without our own fields.
func (e *evaluation) trigger() {
	e.gather()
	if e.in.Old == nil {
		e.survey()
		return
	}
	switch {
	case workload.SameTemplate(e.in.New, e.in.Old):
		e.result.Trigger = TemplateKept
		if e.nothingSaid() {
			e.result.Trigger = Unrelated
		}
	case e.sameAuthorTemplate():
		e.result.Trigger = FieldsDropped
	default:
		e.result.Trigger = TemplateChanged
	}
	switch {
	case e.result.Trigger == Unrelated:
	case e.in.Settings.Rollout.Value == api.RolloutImmediate:
		e.result.Trigger = TemplateChanged // the author accepts rollouts
	case e.repairAsked():
		e.result.Trigger = RepairAsked
	}
}

// nothingSaid tells whether the write left the spec and everything that steers
// Rollguard as it was. matchConditions keep most such writes away from us.
func (e *evaluation) nothingSaid() bool {
	return workload.SameSpec(e.in.New, e.in.Old) &&
		e.in.New.Labels[api.LabelInject] == e.in.Old.Labels[api.LabelInject] &&
		sameSteering(e.in.New.Annotations, e.in.Old.Annotations) &&
		sameSteering(e.in.Old.Annotations, e.in.New.Annotations)
}

func sameSteering(a, b map[string]string) bool {
	for key, value := range a {
		if !strings.HasPrefix(key, api.Prefix) {
			continue
		}
		if other, ok := b[key]; !ok || other != value {
			return false
		}
	}
	return true
}
