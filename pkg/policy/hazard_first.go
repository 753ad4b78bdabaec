package policy

import (
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// firstRollout: a rollout takes Pods away that the stored template made. Where that has no
// preStop hook, they go as they always did; what is added now helps the next rollout.
func firstRollout(e *evaluation) {
	old := e.in.Old
	if old == nil || e.result.Trigger != TemplateChanged || old.Replicas == 0 ||
		e.result.Mode == api.Audit || e.in.Settings.Keeps(api.RulePreStop) || !e.addsSleep() {
		return
	}
	for i := range old.Template.Containers {
		if name := old.Template.Containers[i].Name; old.Get(workload.PreStop(name)) == nil {
			e.find(Skipped, OldPodsUnguarded, workload.PreStop(name), "this rollout still replaces Pods that were started without a preStop sleep, so a few requests may be lost one last time; from the next rollout on, every Pod that goes has it")
			return
		}
	}
}

// addsSleep tells whether a preStop hook is wanted on some container.
func (e *evaluation) addsSleep() bool {
	for i := range e.result.wants {
		if code := e.result.wants[i].code; code == PreStopSleepAdded || code == PreStopExecAdded {
			return true
		}
	}
	return false
}
