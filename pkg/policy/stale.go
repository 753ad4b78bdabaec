package policy

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// dropStale wants away what an earlier evaluation wrote and no rule asked for now.
func (e *evaluation) dropStale() {
	for _, p := range e.evidence.Paths() {
		if e.wanted(p) {
			continue
		}
		if e.probeStands(p) {
			e.put(want{path: p, value: e.in.New.Get(p).MarshalTo(nil), rule: ruleOf(p)})
			e.hold(ruleOf(p))
			continue
		}
		w := e.withdrawn(p)
		if e.leanedOn(w) || !e.in.Manifest && e.evidence.Stated(p) {
			w = want{path: p, value: e.in.New.Get(p).MarshalTo(nil)}
		}
		e.result.wants = append(e.result.wants, w)
	}
}

// leanedOn tells whether a value of the author's is valid only beside ours, as he wrote
// it when ours was there: a native sleep within the grace period, a minReadySeconds
// below the progress deadline.
func (e *evaluation) leanedOn(w want) bool {
	seconds, err := strconv.ParseInt(string(w.value), 10, 64)
	if err != nil {
		return false
	}
	switch w.path {
	case workload.ProgressDeadline:
		return int64(e.author.MinReadySeconds) >= seconds
	case workload.GracePeriod:
		for i := range e.author.Template.Containers {
			if hook := e.author.Template.Containers[i].PreStop; hook != nil && hook.Sleep != nil && hook.Sleep.Seconds > seconds {
				return true
			}
		}
	}
	return false
}

// withdrawn is the wish that a value of ours be gone.
func (e *evaluation) withdrawn(p workload.Path) want {
	w := want{path: p, code: NoLongerCalledFor, text: fmt.Sprintf("%s removed again", p)}
	if v := e.evidence.Author(p); v != nil {
		w.value, w.text = v.MarshalTo(nil), fmt.Sprintf("%s is again what its author wrote", p)
		return w
	}
	if d := p.APIDefault(); d != "" && p != workload.MinReadySeconds {
		w.value = json.RawMessage(d)
	}
	return w
}

func (e *evaluation) wanted(p workload.Path) bool {
	for i := range e.result.wants {
		if e.result.wants[i].path == p {
			return true
		}
	}
	return false
}

// harmful tells whether a value of ours would make the author's write invalid where it
// stays: a minReadySeconds above his new progress deadline, a maxUnavailable of 0
// beside his new maxSurge of 0, a native sleep above his new grace period. Ours then
// gives way, in every mode.
func (e *evaluation) harmful(p workload.Path) bool {
	d := e.in.New
	switch p {
	case workload.MinReadySeconds:
		return d.MinReadySeconds >= d.ProgressDeadlineSeconds
	case workload.MaxUnavailable:
		return isZero(d.Strategy.MaxSurge) && isZero(d.Strategy.MaxUnavailable)
	}
	name, _ := p.Container()
	c := d.Template.Container(name)
	return c != nil && p == workload.PreStop(name) && c.PreStop != nil && c.PreStop.Sleep != nil &&
		c.PreStop.Sleep.Seconds > d.Template.GracePeriodSeconds
}

// keepOurs leaves what an earlier evaluation wrote for a rule as it is, now that the
// author wants the rule to keep out.
func (e *evaluation) keepOurs(rule api.Rule) {
	for _, p := range e.evidence.Paths() {
		if ruleOf(p) == rule && !e.harmful(p) {
			e.put(want{path: p, value: e.in.New.Get(p).MarshalTo(nil), rule: rule})
		}
	}
}

// ruleOf is the rule that writes a field.
func ruleOf(p workload.Path) api.Rule {
	switch p {
	case workload.MaxSurge, workload.MaxUnavailable:
		return api.RuleStrategy
	case workload.MinReadySeconds:
		return api.RuleMinReady
	case workload.ProgressDeadline:
		return api.RuleProgressDeadline
	case workload.GracePeriod:
		return api.RuleGracePeriod
	}
	switch name, _ := p.Container(); p {
	case workload.StartupProbe(name):
		return api.RuleStartupProbe
	case workload.ReadinessProbe(name):
		return api.RuleReadinessProbe
	}
	return api.RulePreStop
}

// repairOnly keeps, of all wants, what must be done even where nothing is to be
// changed: without it the API server would refuse the write. The record stays as it
// is.
func (e *evaluation) repairOnly() {
	e.result.record = nil
	var kept []want
	for _, w := range e.result.wants {
		if w.code == LeftoverRemoved || w.code == RollingUpdateRemoved {
			kept = append(kept, w)
		}
	}
	for _, p := range e.evidence.Paths() {
		if e.harmful(p) {
			kept = append(kept, e.withdrawn(p))
		}
	}
	e.result.wants = kept
}
