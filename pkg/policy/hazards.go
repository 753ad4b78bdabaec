package policy

import (
	"time"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// hazard looks for one thing that no rule can mend: it reports, and wants nothing.
// What is not there to be found must cost no memory.
type hazard func(*evaluation)

// hazards are all hazards in the order in which they are looked for.
func hazards() []hazard {
	return []hazard{
		notReadyPublished,
		pinnedConnections,
		nothingWaits,
		gateUnsupported,
		meshStopsFirst,
		shellIsFirst,
		probePort,
		healthCheckDiffers,
		longSleep,
		surgeNeedsNode,
		surgeNeedsSameNode,
		quotaShort,
		firstRollout,
		singleReplica,
	}
}

// findHazards runs after the rules, whose findings it does not repeat.
func (e *evaluation) findHazards() {
	e.current = ""
	for _, look := range hazards() {
		look(e)
	}
}

// behindALB tells whether an ALB sends to this route's Pods, as far as routes of an ALB
// count.
func (e *evaluation) behindALB(r *topology.Route) bool {
	return r.Kind().ALB() && e.counts(r.Kind())
}

// counts tells whether routes of this kind count: an annotation may say that another
// kind, or none, is all there is.
func (e *evaluation) counts(k topology.Kind) bool {
	if e.in.Settings.Exposure.Value == api.ExposureAuto {
		return true
	}
	asked := e.exposure.Kind
	return asked.ALB() && k.ALB() || asked.NLB() && k.NLB()
}

// serves tells whether requests are known to reach a container.
func (e *evaluation) serves(c *workload.Container) bool {
	for i := range e.exposure.Routes {
		if e.routeContainer(&e.exposure.Routes[i]) == c {
			return true
		}
	}
	return len(e.exposure.Routes) == 0 && e.serving() == c
}

// longestSleep is how long a stopping Pod sleeps when the rules have had their way.
func (e *evaluation) longestSleep() time.Duration {
	added := e.timing.sleep
	if e.in.Settings.Keeps(api.RulePreStop) {
		added = 0
	}
	var longest time.Duration
	for i := range e.author.Template.Containers {
		sleep := added
		if hook := e.author.Template.Containers[i].PreStop; hook != nil {
			own, plain := hookSleep(hook)
			if !plain || !e.enforcing() {
				sleep = 0
			}
			sleep = max(sleep, own)
		}
		longest = max(longest, sleep)
	}
	return longest
}

func (e *evaluation) reported(code Code) bool {
	return e.result.Has(code)
}
