package policy

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/workload"
)

// strategy makes a rollout bring a new Pod before it takes an old one away:
// maxUnavailable 0 and a maxSurge that is never 0. The type is never changed.
func strategy(e *evaluation) {
	s := &e.author.Strategy
	if s.Type != "RollingUpdate" {
		dropRollingUpdate(e)
		e.find(AtRisk, RecreateStrategy, "spec.strategy.type", fmt.Sprintf("strategy %s stops every Pod before it starts a new one, so each rollout is an outage", s.Type))
		return
	}
	if reason := e.surgeHazard(); reason != "" {
		e.find(AtRisk, SurgeMayDeadlock, workload.MaxUnavailable, "the strategy was left alone: "+reason)
		return
	}
	if !e.free(workload.MaxSurge) && isZero(s.MaxSurge) {
		e.find(AtRisk, SurgeForbidden, workload.MaxSurge, "maxSurge is 0, so every rollout takes a Pod away before it adds one")
		return
	}
	if e.free(workload.MaxSurge) {
		v := e.in.Settings.MaxSurge.Value
		e.want(workload.MaxSurge, v, MaxSurgeSet, "maxSurge "+v.String())
	} else {
		e.find(Kept, MaxSurgeAuthored, workload.MaxSurge, "the author's maxSurge "+s.MaxSurge.String()+" is kept")
	}
	if e.free(workload.MaxUnavailable) {
		v := e.in.Settings.MaxUnavailable.Value
		e.want(workload.MaxUnavailable, v, MaxUnavailableSet, "maxUnavailable "+v.String())
		askedUnavailable(e)
		return
	}
	unavailable(e)
}

// dropRollingUpdate removes values that nobody wrote on purpose from beside Recreate:
// with server-side apply they stay when an author changes the type, and validation
// refuses them.
func dropRollingUpdate(e *evaluation) {
	for _, p := range []workload.Path{workload.MaxSurge, workload.MaxUnavailable} {
		if e.in.New.Get(p) != nil && e.free(p) {
			e.remove(p, RollingUpdateRemoved, p.Words()+" removed, as the strategy is Recreate")
		}
	}
}

// unavailable judges an author's maxUnavailable by what it comes to: a percentage
// rounds down (Kubernetes pkg/controller/deployment/util, ResolveFenceposts).
func unavailable(e *evaluation) {
	v := e.author.Strategy.MaxUnavailable
	n, err := intstr.GetScaledValueFromIntOrPercent(&v, int(e.author.Replicas), false)
	if err != nil || n > 0 {
		if claim := e.nodeClaim(); claim != "" {
			e.find(AtRisk, SurgeMayDeadlock, workload.MaxUnavailable, fmt.Sprintf("the author's maxUnavailable %s was left alone: volume claim %s is ReadWriteOnce, so a new Pod on another node than the old one cannot mount it", v.String(), claim))
			return
		}
		if e.enforcing() {
			asked := e.in.Settings.MaxUnavailable.Value
			e.enforce(workload.MaxUnavailable, asked, MaxUnavailableEnforced, fmt.Sprintf("maxUnavailable %s instead of %s", asked.String(), v.String()))
			askedUnavailable(e)
			return
		}
		e.find(AtRisk, MaxUnavailableAuthored, workload.MaxUnavailable,
			fmt.Sprintf("maxUnavailable %s lets a rollout take %s; it was written by the author and is kept", v.String(), taken(n, int(e.author.Replicas))))
	}
}

// askedUnavailable: an annotation may ask for a rollout that loses requests, and gets it,
// but not in silence.
func askedUnavailable(e *evaluation) {
	asked := e.in.Settings.MaxUnavailable
	n, err := intstr.GetScaledValueFromIntOrPercent(&asked.Value, int(e.author.Replicas), false)
	if err != nil || n <= 0 {
		return
	}
	source := strings.TrimSuffix(asked.Source.String(), " "+asked.Source.Name)
	e.find(AtRisk, MaxUnavailableAsked, workload.MaxUnavailable, fmt.Sprintf("maxUnavailable %s (%s) lets a rollout take %s",
		asked.Value.String(), source, taken(n, int(e.author.Replicas))))
}

// taken is what a rollout takes away too soon, of the replicas; while there are none, of those
// that come.
func taken(n, replicas int) string {
	switch replicas {
	case 0:
		return "Pods away before their replacements are available"
	case 1:
		return "the only Pod away before its replacement is available"
	}
	return fmt.Sprintf("%d of %d Pods away before their replacements are available", min(n, replicas), replicas)
}

// isZero tells whether a value is 0 or 0%, which validation treats alike. It takes
// "00%" for a percentage too.
func isZero(v intstr.IntOrString) bool {
	if v.Type == intstr.Int {
		return v.IntVal == 0
	}
	n, err := strconv.Atoi(strings.TrimSuffix(v.StrVal, "%"))
	return err == nil && n == 0
}
