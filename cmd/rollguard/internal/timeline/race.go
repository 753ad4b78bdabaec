package timeline

import (
	"fmt"

	"github.com/rollguard/rollguard/pkg/policy"
)

// doubt takes back that races are closed where the decision does not know all that may
// send requests.
func (r *rollout) doubt(races []Race) {
	if !r.decision.Has(policy.ExposureUnclear) {
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
	early := r.readyEarly()
	switch {
	case !race.Closed:
		race.Why = fmt.Sprintf("old Pods go %d s before %s uses the new one", -race.Spare, r.user())
	case early != "":
		race.Closed, race.Unknown = false, true
		race.Why = fmt.Sprintf("without a readiness probe %s counts as Ready before it serves", early)
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
	race := Race{Name: "B", Spare: r.spare(r.sleep)}
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
	case !race.Closed:
		race.Why = r.tooSoon(-race.Spare)
	case r.othersTooSoon() != "":
		race.Closed, race.Unknown, race.Why = false, true, r.othersTooSoon()
	case r.decision.Settings.Timing.DrainsOnSIGTERM.Value:
		race.Why = fmt.Sprintf("the sleep of %d s outlasts %s, and the application answers what it has after SIGTERM", r.sleep, r.sender())
	default:
		race.Why = fmt.Sprintf("the sleep of %d s outlasts %s and the longest request", r.sleep, r.sender())
	}
	return race
}

// spare is how much longer than needed a container lives that sleeps for so long, in
// seconds. One that drains needs no sleep for the requests that it has.
func (r *rollout) spare(sleep int) int {
	sleep = min(sleep, r.end)
	if r.decision.Settings.Timing.DrainsOnSIGTERM.Value {
		return min(sleep-r.propagation, r.end-r.propagation-r.request)
	}
	return sleep - r.propagation - r.request
}

// tooSoon says why requests are lost to a container that serves and ends by so many seconds
// too soon.
func (r *rollout) tooSoon(missing int) string {
	sigterm := "SIGTERM comes"
	if r.several() {
		sigterm = fmt.Sprintf("container %s gets SIGTERM", r.first.container)
	}
	drains := r.decision.Settings.Timing.DrainsOnSIGTERM.Value
	switch {
	case r.first.unclear:
		return fmt.Sprintf("the preStop hook of container %s does not show how long it waits", r.first.container)
	case (drains || r.end < r.sleep) && r.end < r.propagation+r.request:
		return fmt.Sprintf("the grace period of %d s ends before the longest request has", r.end)
	case r.sleep < r.propagation:
		return fmt.Sprintf("%s %d s before %s has stopped sending", sigterm, r.propagation-r.sleep, r.sender())
	}
	return fmt.Sprintf("%s %d s before the longest request is answered", sigterm, missing)
}

// othersTooSoon names a container that no route leads to and that ends before those that
// serve may: they may need it, as a proxy to a database. It is empty where none does.
func (r *rollout) othersTooSoon() string {
	first := firstEnd(r.others)
	missing := -r.spare(first.sleep)
	if len(r.others) == 0 || missing <= 0 {
		return ""
	}
	matters := "which matters if those that serve need it"
	if len(r.serving) == 1 {
		matters = fmt.Sprintf("which matters if %s needs it", r.serving[0].Name)
	}
	if first.unclear {
		return fmt.Sprintf("the preStop hook of container %s does not show how long it waits, %s", first.container, matters)
	}
	return fmt.Sprintf("container %s gets SIGTERM %d s too early, %s", first.container, missing, matters)
}
