package policy

import (
	"fmt"
	"math"
	"time"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// timing is what a terminating Pod needs, decided in one place because the API
// validates it together: a native sleep must not exceed the grace period.
//
// With P the propagation delay, T the longest request and M the shutdown margin:
//
//	the application dies at SIGTERM (assumed):    sleep = P + T, grace = sleep + M
//	the application drains (declared):            sleep = P,     grace = sleep + T + M
type timing struct {
	// needed is the sleep that is called for; sleep is what fits into the grace
	// period, 0 when none does.
	needed, sleep time.Duration
	// rest is what must remain of the grace period after the sleep.
	rest time.Duration
	// grace is the grace period that goes with it.
	grace time.Duration
	// fixed tells that the grace period may not be changed.
	fixed bool
	// sleepSource and graceSource say for people where the values come from.
	sleepSource, graceSource string
}

// Computed are derived values and their sources, for explain.
type Computed struct {
	PreStopSleep, GracePeriod, MinReady api.Setting[time.Duration]
	// The sources in words, as a formula says more than a layer.
	PreStopSleepSource, GracePeriodSource, MinReadySource string
	// ReadinessPath is what a readiness probe of ours asks for because a health check
	// does; empty without one. Its source then says why an explicit path is not used.
	ReadinessPath, ReadinessPathSource string
	// Propagation is how long a stopping Pod is still sent requests, Healthy how long a load
	// balancer may need to use a new one once it is Ready, 0 where none sends to Pods.
	Propagation, Healthy time.Duration
	HealthySource        string
	// Gated says that a readiness gate makes a rollout wait for Healthy.
	Gated bool
}

// longestFollowedDelay is the longest deregistration delay that a sleep follows.
// Above it, as with AWS's default of 300 s, nobody sleeps that long.
const longestFollowedDelay = 60 * time.Second

func (e *evaluation) computeTiming() {
	e.current = api.RulePreStop
	t := e.neededSleep()
	e.current = api.RuleGracePeriod
	e.neededGrace(&t)
	e.timing = t
	e.computeReady()
	e.result.Computed.Propagation = e.propagation()
	e.result.Computed.PreStopSleep.Value = t.sleep
	e.result.Computed.PreStopSleepSource = t.sleepSource
	if t.sleep < t.needed {
		e.result.Computed.PreStopSleepSource += fmt.Sprintf(" wanted, and a grace period of %s holds no more", t.grace)
	}
	e.result.Computed.GracePeriod.Value = t.grace
	e.result.Computed.GracePeriodSource = t.graceSource
}

func (e *evaluation) neededSleep() timing {
	s := &e.in.Settings.Timing
	propagation, request, margin := e.propagation(), s.RequestTimeout.Value, s.ShutdownMargin.Value
	t := timing{
		needed:      propagation + request,
		rest:        margin,
		sleepSource: fmt.Sprintf("%s: %s + %s", e.profileName(), propagation, request),
	}
	if s.DrainsOnSIGTERM.Value {
		t.needed, t.rest = propagation, request+margin
		t.sleepSource = fmt.Sprintf("%s: %s", e.profileName(), propagation)
	}
	if delay, route := e.drainDelay(); route != nil && delay+5*time.Second > t.needed {
		t.needed = delay + 5*time.Second
		t.sleepSource = fmt.Sprintf("deregistration delay of %s: %s + 5s", route, delay)
	}
	if s.PreStopSleep.Value != nil {
		t.needed = *s.PreStopSleep.Value
		t.sleepSource = s.PreStopSleep.Source.String()
	} else if d := e.standingSleep(); d > t.needed {
		t.needed, t.sleepSource = d, asBefore
		e.hold(api.RulePreStop)
	}
	if bound := e.in.Settings.Bounds.MaxPreStopSleep; bound > 0 && t.needed > bound {
		e.find(AtRisk, ValueOutOfBounds, "", fmt.Sprintf("a preStop sleep of %s is called for (%s), and the administrator allows %s", t.needed, t.sleepSource, bound))
		t.needed = bound
	}
	t.sleep = t.needed
	return t
}

// profileName is what the timings come from, for people.
func (e *evaluation) profileName() string {
	s := &e.in.Settings.Timing
	if s.RequestTimeout.Asked() || s.Propagation.Asked() {
		return "annotations and profile " + e.in.Settings.Profile.Value
	}
	return "profile " + e.in.Settings.Profile.Value
}

func (e *evaluation) propagation() time.Duration {
	p := e.in.Settings.Timing.Propagation.Value
	switch e.exposure.Kind {
	case topology.ALBIP:
		return p.ALBIP
	case topology.ALBInstance:
		return p.ALBInstance
	case topology.NLBIP:
		return p.NLBIP
	case topology.NLBInstance:
		return p.NLBInstance
	}
	return p.Service
}

// drainDelay is the longest deregistration delay of all routes and the route that has
// it, if it is one to follow; a longer one is reported.
func (e *evaluation) drainDelay() (time.Duration, *topology.Route) {
	longest := time.Duration(-1)
	var from *topology.Route
	for i := range e.exposure.Routes {
		r := &e.exposure.Routes[i]
		if r.DeregistrationDelaySeconds == nil {
			continue
		}
		if delay := time.Duration(*r.DeregistrationDelaySeconds) * time.Second; delay > longest {
			longest, from = delay, r
		}
	}
	if longest > longestFollowedDelay {
		e.find(Skipped, LongDrainDelay, "", fmt.Sprintf("the target group's deregistration delay of %s is longer than any sensible sleep, so it is not followed", longest))
		return 0, nil
	}
	return longest, from
}

// neededGrace decides the grace period, and shortens the sleep where the grace
// period is not ours to raise.
func (e *evaluation) neededGrace(t *timing) {
	now := time.Duration(boundedSeconds(e.author.Template.GracePeriodSeconds)) * time.Second
	asked := e.in.Settings.Timing.GracePeriod
	wanted := max(t.needed, e.longestOwnSleep()) + t.rest
	t.graceSource = fmt.Sprintf("sleep + %s", t.rest)
	switch {
	case e.in.Settings.Keeps(api.RuleGracePeriod):
		kept := time.Duration(boundedSeconds(e.in.New.Template.GracePeriodSeconds)) * time.Second
		t.grace, t.fixed, t.graceSource = kept, true, "kept"
	case !e.free(workload.GracePeriod) && !e.enforcing():
		t.grace, t.fixed, t.graceSource = now, true, "the author's"
	case asked.Value != nil:
		t.grace, t.graceSource = max(*asked.Value, now, e.longestOwnSleep()), asked.Source.String()
	default:
		t.grace = max(wanted, now)
		if d := e.standingTime(workload.GracePeriod); d > t.grace {
			t.grace, t.graceSource = d, asBefore
			e.hold(api.RuleGracePeriod)
		}
	}
	if bound := e.in.Settings.Bounds.MaxGracePeriod; !t.fixed && bound > 0 && t.grace > bound {
		e.find(AtRisk, ValueOutOfBounds, workload.GracePeriod, fmt.Sprintf("a grace period of %s is called for, and the administrator allows %s", t.grace, bound))
		t.grace = max(bound, now)
	}
	if t.grace < t.sleep+t.rest {
		t.sleep = fit(t)
	}
	if t.grace < t.needed+t.rest {
		e.find(AtRisk, GraceTooShort, workload.GracePeriod,
			fmt.Sprintf("a grace period of %s is too short: %s of sleep and %s to shut down are needed", t.grace, t.needed, t.rest))
	}
}

// boundedSeconds keeps what an author may have written, up to 2^63-1, within what can
// be computed with.
func boundedSeconds(seconds int64) int64 { return max(min(seconds, math.MaxInt32), 0) }

// fit is the longest sleep that leaves the rest, but never less than half of the
// grace period: closing the race against the load balancer comes before a margin.
func fit(t *timing) time.Duration {
	room := max(t.grace-t.rest, t.grace/2)
	return min(t.sleep, room).Truncate(time.Second)
}

// longestOwnSleep is the longest sleep among the author's hooks. The grace period
// has to hold it too.
func (e *evaluation) longestOwnSleep() time.Duration {
	var longest time.Duration
	for i := range e.author.Template.Containers {
		if hook := e.author.Template.Containers[i].PreStop; hook != nil {
			if d, ok := hookSleep(hook); ok {
				longest = max(longest, d)
			}
		}
	}
	return longest
}
