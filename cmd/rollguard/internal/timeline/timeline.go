// Package timeline says what happens when in a rollout of one Deployment, from what was
// decided about it: when the new Pod gets traffic, when the old one stops getting any, and
// whether that leaves a gap. It does no I/O.
package timeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Event is something that happens to a Pod. Seconds count from the moment in which the new
// Pod begins to serve: nobody knows how long it takes to start. With a startup probe that
// is when the probe finds it, as until then no other is asked. test/rollout/lab holds these
// seconds against a measured rollout.
type Event struct {
	At   int    `json:"at"`
	Name string `json:"name"`
	// What says it for people.
	What string `json:"what"`
}

// The names of events.
const (
	Serves      = "serves"
	Ready       = "ready"
	Healthy     = "healthy"
	Available   = "available"
	Terminating = "terminating"
	LastSent    = "last-sent"
	LastAnswer  = "last-answer"
	SIGTERM     = "sigterm"
	SIGKILL     = "sigkill"
)

// Race is one of the two ways in which a rollout loses requests.
type Race struct {
	// Name is A (the new Pod) or B (the old one).
	Name string `json:"name"`
	// Closed says that nothing is lost by it, with so many seconds to spare; they are
	// negative where it is open by so many.
	Closed bool `json:"closed"`
	// Unknown says that it would be closed, and that it hangs on something that could not be
	// read, or that a Deployment does not tell.
	Unknown bool   `json:"unknown,omitempty"`
	Spare   int    `json:"spareSeconds"`
	Why     string `json:"why"`
}

// Timeline is a rollout of one new and one old Pod. Its JSON form is stable.
type Timeline struct {
	NewPod []Event `json:"newPod"`
	OldPod []Event `json:"oldPod"`
	Races  []Race  `json:"races"`
	// Rounds is how often that happens one after the other, RolloutSeconds how long all of
	// it takes beside the start of each Pod; 0 where it cannot be told.
	Rounds         int    `json:"rounds"`
	RolloutSeconds int    `json:"rolloutSeconds"`
	Summary        string `json:"summary"`
}

// OutlastsTheBalancer tells whether race B is closed: an old Pod serves for as long as
// requests are expected.
func (t *Timeline) OutlastsTheBalancer() bool {
	return slices.ContainsFunc(t.Races, func(r Race) bool { return r.Name == "B" && r.Closed })
}

// rollout is what the timeline is computed from.
type rollout struct {
	pod      *workload.Deployment
	decision *decision.Decision
	kind     topology.Kind
	// serving are the containers that requests go to, others the rest; named tells whether
	// it is known which are which.
	serving, others []*workload.Container
	named           bool
	// first is the first of those that serve to get SIGTERM.
	first end

	ready, healthy, available        int
	propagation, request, sleep, end int
}

// New computes the timeline of a Deployment as it will be stored, and nil for one that has
// none: nothing sends traffic there, or its strategy is Recreate.
func New(stored *workload.Deployment, d *decision.Decision) *Timeline {
	if d.Exposure.Kind == topology.None || stored.Strategy.Type != "RollingUpdate" {
		return nil
	}
	r := &rollout{pod: stored, decision: d, kind: d.Exposure.Kind}
	c, timing := &d.Computed, &d.Settings.Timing
	r.propagation, r.request = seconds(c.Propagation), seconds(timing.RequestTimeout.Value)
	r.ready = r.timeToReady()
	r.healthy = r.ready + seconds(c.Healthy)
	r.available = r.ready + int(stored.MinReadySeconds)
	if c.Gated {
		r.available = r.healthy + int(stored.MinReadySeconds)
	}
	r.serving, r.others = r.split()
	r.first = firstEnd(r.serving)
	r.sleep = r.first.sleep
	r.end = int(stored.Template.GracePeriodSeconds)
	t := &Timeline{NewPod: r.newPod(), OldPod: r.oldPod(), Races: []Race{r.raceA(), r.raceB()}}
	r.doubt(t.Races)
	r.summarize(t)
	return t
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// timeToReady is how long the slowest readiness probe takes, from its container serving on.
func (r *rollout) timeToReady() int {
	longest := 0
	for i := range r.pod.Template.Containers {
		if p := r.pod.Template.Containers[i].ReadinessProbe; p != nil {
			period, success := max(p.PeriodSeconds, 1), max(p.SuccessThreshold, 1)
			if p.PeriodSeconds == 0 {
				period = 10 // the API's default
			}
			longest = max(longest, int(period*success))
		}
	}
	return longest
}

func (r *rollout) newPod() []Event {
	events := []Event{{0, Serves, "new Pod serves"}, {r.ready, Ready, "Ready"}}
	if r.readyEarly() != "" {
		events[1].What = "Ready, perhaps earlier"
	}
	if r.healthy > r.ready {
		events = append(events, Event{r.healthy, Healthy, "healthy for " + r.user()})
	}
	return inOrder(append(events, Event{r.available, Available, "counts as available"}))
}

func (r *rollout) oldPod() []Event {
	from := r.available
	if _, unavailable := r.fenceposts(); unavailable > 0 {
		from = 0 // it goes while the new one starts
	}
	return inOrder([]Event{
		{from, Terminating, "old Pod is to go; sleep"},
		{from + r.propagation, LastSent, r.sender() + " stops sending"},
		{from + r.propagation + r.request, LastAnswer, "longest request answered"},
		{from + min(r.sleep, r.end), SIGTERM, "SIGTERM"},
		{from + r.end, SIGKILL, "killed, if it still runs"},
	})
}

func inOrder(events []Event) []Event {
	slices.SortStableFunc(events, func(a, b Event) int { return a.At - b.At })
	return events
}

// sender is what a new request comes from for the longest.
func (r *rollout) sender() string { return called(r.kind) }

// user is the load balancer that takes the longest to use a new Pod: beside a slower sender
// that sends to nodes it is another. The source of that time names the route.
func (r *rollout) user() string {
	routes := r.decision.Exposure.Routes
	for i := range routes {
		if route := &routes[i]; route.Kind().IP() && strings.Contains(r.decision.Computed.HealthySource, route.String()) {
			return called(route.Kind())
		}
	}
	return r.sender()
}

func called(k topology.Kind) string {
	switch {
	case k.ALB():
		return "the ALB"
	case k.NLB():
		return "the NLB"
	}
	return "the Service"
}

// unavailable is how many Pods a rollout may take away before others are available
// (Kubernetes pkg/controller/deployment/util, ResolveFenceposts).
func (r *rollout) fenceposts() (surge, unavailable int) {
	replicas := int(r.pod.Replicas)
	s := r.pod.Strategy
	surge, err := intstr.GetScaledValueFromIntOrPercent(&s.MaxSurge, replicas, true)
	if err != nil {
		return 0, 0
	}
	unavailable, err = intstr.GetScaledValueFromIntOrPercent(&s.MaxUnavailable, replicas, false)
	if err != nil {
		return 0, 0
	}
	if surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return surge, min(unavailable, replicas)
}

func (r *rollout) summarize(t *Timeline) {
	surge, unavailable := r.fenceposts()
	replicas, batch := int(r.pod.Replicas), surge+unavailable
	if replicas == 0 || batch == 0 {
		return
	}
	t.Rounds = (replicas + batch - 1) / batch
	t.RolloutSeconds = t.Rounds * r.available
	t.Summary = fmt.Sprintf("%s, %d at a time: %s", counted(replicas, "replica"), min(batch, replicas), counted(t.Rounds, "round"))
	switch {
	case r.available > 0:
		t.Summary += fmt.Sprintf(" of %d s, beside the time that a Pod takes to start", r.available)
	case t.Rounds == 1:
		t.Summary += ", as long as a Pod takes to start"
	default:
		t.Summary += ", each as long as a Pod takes to start"
	}
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
