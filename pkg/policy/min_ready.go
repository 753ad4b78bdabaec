package policy

import (
	"fmt"
	"time"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// registration is how long the AWS Load Balancer Controller may take to register a
// Pod that became Ready.
const registration = 5 * time.Second

// nlbRegistration is how long an NLB may take until it sends to a new target: about 3
// minutes, whatever its health check says (LBC issues 1834 and 2048; docs/adr/0009).
const nlbRegistration = 3 * time.Minute

// readyNeed is how long a new Pod must stay Ready, zero when nothing calls for it.
type readyNeed struct {
	duration time.Duration
	source   string
	code     Code
}

// minReady makes a rollout wait until the load balancer has had time to find the
// new Pod healthy; to Kubernetes it is available much earlier. The readiness gate
// does that better, so with it nothing is needed. Measured without either: one
// replica loses 10 to 21 % of its requests in a rollout.
func minReady(e *evaluation) {
	switch {
	case e.ready.duration > 0:
		e.wantMinReady()
	case e.exposure.Kind.Balanced() && e.gated() && e.in.Settings.MinReady.Value == nil:
		e.find(Skipped, ReadinessGateUsed, workload.MinReadySeconds, "the readiness gate makes rollouts wait for the load balancer, so minReadySeconds is not needed")
	}
}

// computeReady is done before the rules run, as the progress deadline and the startup
// budget depend on it.
func (e *evaluation) computeReady() {
	needed, source := e.timeToHealthy()
	c := &e.result.Computed
	c.Healthy, c.HealthySource, c.Gated = needed, source, e.gated()
	if e.in.Settings.Keeps(api.RuleMinReady) {
		return
	}
	if asked := e.in.Settings.MinReady; asked.Value != nil {
		e.ready = readyNeed{*asked.Value, asked.Source.String(), MinReadyAsked}
	} else {
		if !c.Gated {
			e.ready = readyNeed{needed, source, MinReadyFromHealthCheck}
		}
		if d := e.standingTime(workload.MinReadySeconds); d > e.ready.duration {
			e.ready = readyNeed{d, asBefore, MinReadyFromHealthCheck}
			e.hold(api.RuleMinReady)
		}
	}
	c.MinReady.Value, c.MinReadySource = e.ready.duration, e.ready.source
}

// gated tells whether a readiness gate makes rollouts wait. EKS Auto Mode has none,
// whatever the namespace's label says (aws/containers-roadmap issue 2511).
func (e *evaluation) gated() bool {
	return e.exposure.ReadinessGate && !e.inAutoMode()
}

// timeToHealthy is the longest time that any ip target needs.
func (e *evaluation) timeToHealthy() (time.Duration, string) {
	var longest time.Duration
	var source string
	asked := e.in.Settings.Exposure.Value != api.ExposureAuto
	if asked && !e.exposure.Kind.IP() {
		return 0, "" // an annotation says that no ip target counts
	}
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		if k := r.Kind(); !k.IP() || !e.counts(k) {
			continue
		}
		if d, from := targetHealthy(r); d > longest {
			longest, source = d, from
		}
	}
	switch {
	case longest > 0:
		return longest, source
	case e.exposure.Kind == topology.ALBIP:
		// the controller's defaults
		return registration + 20*time.Second, "default health check of an ALB: 5s + 15s + 5s"
	case e.exposure.Kind == topology.NLBIP:
		return nlbRegistration, "an NLB takes minutes until it uses a new target"
	}
	return 0, ""
}

// targetHealthy is how long the load balancer of a route needs for a new ip target. An
// ALB needs registration, one health check interval and its time-out: the first success
// is enough. What an NLB needs has little to do with its health check.
func targetHealthy(r *topology.Route) (time.Duration, string) {
	if r.Kind() == topology.NLBIP {
		return nlbRegistration, fmt.Sprintf("%s: an NLB takes minutes until it uses a new target", r)
	}
	if r.HealthCheck == nil { // of a TargetGroupBinding: it is known to AWS only
		return registration + 20*time.Second, fmt.Sprintf("default health check of an ALB, for %s: 5s + 15s + 5s", r)
	}
	interval, odd := allowed(r.HealthCheck.IntervalSeconds, longestInterval)
	timeout, alsoOdd := allowed(r.HealthCheck.TimeoutSeconds, longestTimeout)
	return registration + interval + timeout, fmt.Sprintf("health check of %s: %s + %s%s + %s%s", r, registration, interval, odd, timeout, alsoOdd)
}

// The longest interval and time-out of a health check that AWS takes (Elastic Load
// Balancing API reference, CreateTargetGroup).
const (
	longestInterval = 300 * time.Second
	longestTimeout  = 120 * time.Second
)

// allowed keeps a number of an annotation within what AWS takes, and says so: it is often
// milliseconds, and nobody should wait for days because of a slip.
func allowed(seconds int32, longest time.Duration) (time.Duration, string) {
	d := time.Duration(max(seconds, 0)) * time.Second
	if d <= longest {
		return d, ""
	}
	return longest, fmt.Sprintf(" (AWS allows no %ds)", seconds)
}

// wantMinReady keeps below the progress deadline, as validation demands, and never
// shortens what the author wrote.
func (e *evaluation) wantMinReady() {
	needed, now := e.ready.duration, time.Duration(e.author.MinReadySeconds)*time.Second
	seconds := max(min(int64(needed/time.Second), e.deadline()-1), 0)
	switch {
	case e.free(workload.MinReadySeconds) && seconds > 0:
		e.want(workload.MinReadySeconds, seconds, e.ready.code, fmt.Sprintf("minReadySeconds %ds", seconds)+e.cut(seconds))
	case e.free(workload.MinReadySeconds), now >= needed:
	case e.enforcing():
		e.enforce(workload.MinReadySeconds, seconds, MinReadyEnforced, fmt.Sprintf("minReadySeconds %ds instead of %ds", seconds, e.author.MinReadySeconds)+e.cut(seconds))
	case now == 0:
		// The API stores no 0, so nothing is left in the object that could be removed.
		e.find(AtRisk, MinReadyTooShort, workload.MinReadySeconds, fmt.Sprintf("minReadySeconds was set to 0, and the load balancer may need %s until a new Pod is healthy: write %d or more into the manifest (%s)", needed, int64(needed/time.Second), e.ready.source))
	default:
		e.find(AtRisk, MinReadyTooShort, workload.MinReadySeconds, fmt.Sprintf("minReadySeconds is %ds, and the load balancer may need %s until a new Pod is healthy (%s)", e.author.MinReadySeconds, needed, e.ready.source))
	}
}

// cut says that less is written than is needed, and why; it is empty where all of it is.
func (e *evaluation) cut(seconds int64) string {
	if needed := e.ready.duration; time.Duration(seconds)*time.Second < needed {
		return fmt.Sprintf(" (%ds are needed; it was cut to stay below progressDeadlineSeconds %ds)", int64(needed/time.Second), e.deadline())
	}
	return ""
}
