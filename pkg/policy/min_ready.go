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
	case e.exposure.Kind.ALB() && e.gated() && e.in.Settings.MinReady.Value == nil:
		e.find(Skipped, ReadinessGateUsed, workload.MinReadySeconds, "the readiness gate makes rollouts wait for the load balancer, so minReadySeconds is not needed")
	}
}

// computeReady is done before the rules run, as the progress deadline and the startup
// budget depend on it.
func (e *evaluation) computeReady() {
	if e.in.Settings.Keeps(api.RuleMinReady) {
		return
	}
	if asked := e.in.Settings.MinReady; asked.Value != nil {
		e.ready = readyNeed{*asked.Value, asked.Source.String(), MinReadyAsked}
	} else if needed, source := e.timeToHealthy(); !e.gated() {
		e.ready = readyNeed{needed, source, MinReadyFromHealthCheck}
	}
	e.result.Computed.MinReady.Value = e.ready.duration
	e.result.Computed.MinReadySource = e.ready.source
}

// gated tells whether a readiness gate makes rollouts wait. EKS Auto Mode has none,
// whatever the namespace's label says (aws/containers-roadmap issue 2511).
func (e *evaluation) gated() bool {
	for i := range e.exposure.Routes {
		if e.exposure.Routes[i].Controller == topology.ControllerAutoMode {
			return false
		}
	}
	return e.exposure.ReadinessGate
}

// timeToHealthy is the longest time that any ip target needs: registration, one
// health check interval and its time-out. The first success is enough.
func (e *evaluation) timeToHealthy() (time.Duration, string) {
	var longest time.Duration
	var source string
	asked := e.in.Settings.Exposure.Value != api.ExposureAuto
	if !e.exposure.Kind.ALB() || asked && e.exposure.Kind != topology.ALBIP {
		return 0, "" // an annotation says that no ip target counts
	}
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		if r.Kind() != topology.ALBIP || r.HealthCheck == nil {
			continue
		}
		interval := time.Duration(r.HealthCheck.IntervalSeconds) * time.Second
		timeout := time.Duration(r.HealthCheck.TimeoutSeconds) * time.Second
		if d := registration + interval + timeout; d > longest {
			longest = d
			source = fmt.Sprintf("health check of %s: %s + %s + %s", r, registration, interval, timeout)
		}
	}
	if longest == 0 && e.exposure.Kind == topology.ALBIP {
		longest = registration + 20*time.Second // the controller's defaults
		source = "default health check of an ALB: 5s + 15s + 5s"
	}
	return longest, source
}

// wantMinReady keeps below the progress deadline, as validation demands, and never
// shortens what the author wrote.
func (e *evaluation) wantMinReady() {
	needed, now := e.ready.duration, time.Duration(e.author.MinReadySeconds)*time.Second
	seconds := max(min(int64(needed/time.Second), e.deadline()-1), 0)
	switch {
	case e.free(workload.MinReadySeconds) && seconds > 0:
		e.want(workload.MinReadySeconds, seconds, e.ready.code, fmt.Sprintf("minReadySeconds %d", seconds))
	case e.free(workload.MinReadySeconds), now >= needed:
	case e.enforcing():
		e.enforce(workload.MinReadySeconds, seconds, MinReadyEnforced, fmt.Sprintf("minReadySeconds %d instead of %d", seconds, e.author.MinReadySeconds))
	default:
		e.find(AtRisk, MinReadyTooShort, workload.MinReadySeconds, fmt.Sprintf("minReadySeconds is %d, and the load balancer may need %s until a new Pod is healthy (%s)", e.author.MinReadySeconds, needed, e.ready.source))
	}
}
