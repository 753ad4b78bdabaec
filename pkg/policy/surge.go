package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/workload"
)

// surgeHazard says why a new Pod may be unable to run beside an old one. With
// maxUnavailable 0 such a rollout would wait for ever.
func (e *evaluation) surgeHazard() string {
	t := &e.author.Template
	if t.HostNetwork {
		return "with hostNetwork, a new Pod cannot run beside an old one on the same node"
	}
	for _, c := range slices.Concat(t.Containers, t.Sidecars) {
		for _, p := range c.Ports {
			if p.HostPort != 0 {
				return fmt.Sprintf("container %s takes host port %d, so a new Pod cannot run beside an old one on the same node", c.Name, p.HostPort)
			}
		}
	}
	return e.claimHazard()
}

// claimHazard judges the volumes. With one replica the defaults of the API surge as ours
// do (25% comes to one Pod more and none less), so a volume of one node makes no
// difference there, unless the author wrote something else (docs/adr/0014).
func (e *evaluation) claimHazard() string {
	for _, claim := range e.author.Template.Claims {
		switch e.in.Room.Claims[claim] {
		case capacity.ManyNodes:
		case capacity.OnePod:
			return fmt.Sprintf("volume claim %s is ReadWriteOncePod, so a new Pod cannot start while an old one has it", claim)
		case capacity.OneNode:
			if e.author.Replicas > 1 {
				return fmt.Sprintf("volume claim %s is ReadWriteOnce, so a new Pod on another node than the old ones cannot mount it", claim)
			}
		default:
			return fmt.Sprintf("the access mode of volume claim %s is not known, so a new Pod may be unable to mount it beside an old one", claim)
		}
	}
	return ""
}

// nodeClaim is a volume that only Pods of one node share, empty without one.
func (e *evaluation) nodeClaim() string {
	for _, claim := range e.author.Template.Claims {
		if e.in.Room.Claims[claim] == capacity.OneNode {
			return claim
		}
	}
	return ""
}

// surgeNeedsSameNode: with one replica nothing that we set makes this worse, and nothing
// that we could set makes it better.
func surgeNeedsSameNode(e *evaluation) {
	claim := e.nodeClaim()
	if claim == "" || e.reported(SurgeMayDeadlock) || !e.surges() {
		return
	}
	e.find(Skipped, SurgeNeedsSameNode, workload.MaxUnavailable, fmt.Sprintf("volume claim %s can be mounted on one node at a time, so a rollout waits for ever if the new Pod is placed on another node: use a volume of mode ReadWriteMany, or strategy Recreate", claim))
}

// surges tells whether a rollout cannot go on before a new Pod runs beside the old ones.
func (e *evaluation) surges() bool {
	unavailable := e.outcome(workload.MaxUnavailable, e.author.Strategy.MaxUnavailable)
	n, err := intstr.GetScaledValueFromIntOrPercent(&unavailable, int(e.author.Replicas), false)
	return e.author.Strategy.Type == "RollingUpdate" && e.author.Replicas > 0 && err == nil && n == 0 && e.surge() > 0
}

// surge is how many Pods more than the replicas a rollout runs at most.
func (e *evaluation) surge() int64 {
	v := e.outcome(workload.MaxSurge, e.author.Strategy.MaxSurge)
	n, err := intstr.GetScaledValueFromIntOrPercent(&v, int(e.author.Replicas), true)
	if err != nil {
		return 0
	}
	return int64(n)
}

// outcome is the value of a count or percentage when the rules have had their way.
func (e *evaluation) outcome(p workload.Path, authors intstr.IntOrString) intstr.IntOrString {
	for i := range e.result.wants {
		if w := &e.result.wants[i]; w.path == p && w.value != nil {
			return intstr.Parse(strings.Trim(string(w.value), `"`))
		}
	}
	return authors
}

// quotaShort: Kubernetes counts the Pods of a rollout against the quota, and creates none
// that does not fit. A quota is judged by what is used at this moment, so nothing is
// changed for it. Replicas that are only being asked for are not used yet.
func quotaShort(e *evaluation) {
	if len(e.in.Room.Quotas) == 0 || !e.surges() {
		return
	}
	pod, err := e.in.New.Resources()
	if err != nil {
		return // validation refuses such a Pod
	}
	demand := capacity.OfPod(pod)
	more := int64(e.author.Replicas)
	if e.in.Old != nil {
		more = max(0, more-int64(e.in.Old.Replicas))
	}
	for _, name := range slices.Sorted(maps.Keys(e.in.Room.Quotas)) {
		quota := e.in.Room.Quotas[name]
		if short, limited := quota.Room(&demand); limited {
			e.judgeQuota(name, &short, more)
		}
	}
}

// judgeQuota compares what fits with the replicas that are still to come and the surge.
func (e *evaluation) judgeQuota(name string, short *capacity.Shortage, more int64) {
	about := fmt.Sprintf("ResourceQuota %s (%s: %s left, %s for each Pod)", name, short.Resource, short.Free.String(), short.Each.String())
	beside := "beside the old ones"
	if more > 0 {
		beside = fmt.Sprintf("once all %d replicas run", e.author.Replicas)
		if e.author.Replicas == 1 {
			beside = "once its replica runs"
		}
	}
	switch surge := e.surge(); {
	case short.Pods <= more:
		e.find(AtRisk, QuotaBlocksSurge, workload.MaxSurge, fmt.Sprintf("%s has no room for a new Pod %s, so a rollout would wait: raise the quota, or let the Pods request less", about, beside))
	case short.Pods < more+surge:
		e.find(Skipped, QuotaSlowsSurge, workload.MaxSurge, fmt.Sprintf("%s has room for %s %s, and a rollout would like %d, so it takes longer", about, newPods(short.Pods-more), beside, surge))
	}
}

func newPods(n int64) string {
	if n == 1 {
		return "1 new Pod"
	}
	return fmt.Sprintf("%d new Pods", n)
}
