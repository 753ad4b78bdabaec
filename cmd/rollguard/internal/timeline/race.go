package timeline

import (
	"fmt"
	"slices"

	"github.com/rollguard/rollguard/pkg/policy"
)

// doubt takes back that races are closed where the decision does not know all that may
// send requests.
func (r *rollout) doubt(races []Race) {
	if !slices.ContainsFunc(r.decision.Findings, func(f policy.Finding) bool { return f.Code == policy.ExposureUnclear }) {
		return
	}
	for i := range races {
		race := &races[i]
		if !race.Closed {
			continue
		}
		race.Closed, race.Unknown = false, true
		if race.Name == "A" {
			race.Why = fmt.Sprintf("a load balancer that could not be read may have to find a new Pod healthy first, and minReadySeconds is %d", r.pod.MinReadySeconds)
		} else {
			race.Why = fmt.Sprintf("a load balancer that could not be read may go on sending for longer than the sleep of %d s", r.sleep)
		}
	}
}

// raceA: the new Pod counts as available, and old ones go, before the load balancer uses
// it.
func (r *rollout) raceA() Race {
	race := Race{Name: "A", Spare: r.available - r.healthy}
	if _, unavailable := r.fenceposts(); unavailable > 0 {
		race.Spare = -r.healthy
		race.Why = fmt.Sprintf("maxUnavailable %s takes %d of %d Pods away before a new one serves", r.pod.Strategy.MaxUnavailable.String(), unavailable, r.pod.Replicas)
		return race
	}
	race.Closed = race.Spare >= 0
	switch {
	case !race.Closed:
		race.Why = fmt.Sprintf("old Pods go %d s before %s uses the new one", -race.Spare, r.user())
	case r.healthy == r.ready:
		race.Why = "no load balancer has to find a new Pod healthy first"
	case r.decision.Computed.Gated:
		race.Why = "the readiness gate waits for " + r.user()
	default:
		race.Why = fmt.Sprintf("minReadySeconds %d waits until %s uses the new Pod", r.pod.MinReadySeconds, r.user())
	}
	return race
}

// raceB: the old Pod gets SIGTERM while it is still sent requests, or before it has
// answered them.
func (r *rollout) raceB() Race {
	drains := r.decision.Settings.Timing.DrainsOnSIGTERM.Value
	race := Race{Name: "B"}
	if drains {
		race.Spare = min(r.sleep-r.propagation, r.end-r.propagation-r.request)
	} else {
		race.Spare = r.sleep - r.propagation - r.request
	}
	race.Closed = race.Spare >= 0
	for i := range r.decision.Exposure.Routes {
		// Pods find each other by a headless Service; requests come another way.
		if route := &r.decision.Exposure.Routes[i]; route.PublishNotReady && (!route.Headless || route.Kind().Balanced()) {
			race.Closed = false
			race.Why = fmt.Sprintf("Service %s publishes Pods that are not ready, so nothing stops requests to a Pod that goes", route.Service)
			return race
		}
	}
	switch {
	case !race.Closed && r.unclear != "":
		race.Why = fmt.Sprintf("the preStop hook of container %s does not show how long it waits", r.unclear)
	case !race.Closed && drains && r.end < r.propagation+r.request:
		race.Why = fmt.Sprintf("the grace period of %d s ends before the longest request has", r.end)
	case !race.Closed && r.sleep < r.propagation:
		race.Why = fmt.Sprintf("SIGTERM comes %d s before %s has stopped sending", r.propagation-r.sleep, r.sender())
	case !race.Closed:
		race.Why = fmt.Sprintf("SIGTERM comes %d s before the longest request is answered", -race.Spare)
	case drains:
		race.Why = fmt.Sprintf("the sleep of %d s outlasts %s, and the application answers what it has after SIGTERM", r.sleep, r.sender())
	default:
		race.Why = fmt.Sprintf("the sleep of %d s outlasts %s and the longest request", r.sleep, r.sender())
	}
	return race
}
