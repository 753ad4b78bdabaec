package policy

import (
	"github.com/rollguard/rollguard/pkg/workload"
)

// repair takes what is left of ours out of probes and hooks that their author has
// written since. It runs in every mode: with two handlers the API server would refuse
// a write that it takes without Rollguard.
func (e *evaluation) repair() {
	e.current = ""
	for i := range e.in.New.Template.Containers {
		name := e.in.New.Template.Containers[i].Name
		for _, p := range []workload.Path{workload.StartupProbe(name), workload.ReadinessProbe(name), workload.PreStop(name)} {
			clean := e.evidence.WithoutLeftovers(p)
			if clean == nil {
				continue
			}
			author, err := e.author.With(p, clean)
			if err != nil {
				continue // what the author wrote there cannot be read; the API server will say so
			}
			e.author = author
			e.correct(p, clean, LeftoverRemoved, "what was left of Rollguard's in "+p.Words()+" is gone")
		}
	}
}
