package policy

import (
	"fmt"
	"time"

	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// registration is how long the AWS Load Balancer Controller may take to register a
// Pod that became Ready.
const registration = 5 * time.Second

// minReady makes a rollout wait until the load balancer has had time to find the
// new Pod healthy; to Kubernetes it is available much earlier. The readiness gate
// does that better, so with it nothing is needed. Measured without either: one
// replica loses 10 to 21 % of its requests in a rollout.
func minReady(e *evaluation) {
	if asked := e.in.Settings.MinReady; asked.Value != nil {
		e.wantMinReady(*asked.Value, asked.Source.String(), MinReadyAsked)
		return
	}
	needed, source := e.timeToHealthy()
	switch {
	case needed == 0:
		return
	case e.exposure.ReadinessGate:
		e.find(Skipped, ReadinessGateUsed, workload.MinReadySeconds, "the readiness gate makes rollouts wait for the load balancer, so minReadySeconds is not needed")
		return
	}
	e.wantMinReady(needed, source, MinReadyFromHealthCheck)
}

// timeToHealthy is the longest time that any ip target needs: registration, one
// health check interval and its time-out. The first success is enough.
func (e *evaluation) timeToHealthy() (time.Duration, string) {
	var longest time.Duration
	var source string
	if !e.exposure.Kind.ALB() {
		return 0, "" // an annotation says that no load balancer counts
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
func (e *evaluation) wantMinReady(needed time.Duration, source string, code Code) {
	e.result.Computed.MinReady.Value = needed
	e.result.Computed.MinReadySource = source
	now := time.Duration(e.author.MinReadySeconds) * time.Second
	if !e.free(workload.MinReadySeconds) {
		if now < needed {
			e.find(AtRisk, MinReadyTooShort, workload.MinReadySeconds, fmt.Sprintf("minReadySeconds is %d, and the load balancer may need %s until a new Pod is healthy (%s)", e.author.MinReadySeconds, needed, source))
		}
		return
	}
	seconds := int64(needed / time.Second)
	if deadline := e.deadline(); seconds >= deadline {
		seconds = max(deadline-1, 0)
	}
	if seconds > 0 {
		e.want(workload.MinReadySeconds, seconds, code, fmt.Sprintf("minReadySeconds %d", seconds))
	}
}
