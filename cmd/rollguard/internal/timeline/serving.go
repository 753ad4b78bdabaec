package timeline

import (
	"slices"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// end is when a container gets SIGTERM, in seconds from the Pod being to go.
type end struct {
	container string
	sleep     int
	// unclear says that its hook does not show how long it waits.
	unclear bool
}

// split tells the containers that requests go to from the others: those that routes name,
// or the annotation where none does, or all. A native sidecar passes requests on, and
// nobody can see to which of the others.
func (r *rollout) split() (serving, others []*workload.Container) {
	t := &r.pod.Template
	named := map[string]bool{}
	for i := range r.decision.Exposure.Routes {
		if name := r.decision.Exposure.Routes[i].Container; name != nil && t.Container(*name) != nil {
			named[*name] = true
		}
	}
	if name := r.decision.Settings.Container.Value; len(named) == 0 && t.Container(name) != nil {
		named[name] = true
	}
	for i := range t.Containers {
		if c := &t.Containers[i]; len(named) == 0 || named[c.Name] {
			serving = append(serving, c)
		} else {
			others = append(others, c)
		}
	}
	r.named = len(named) > 0
	return serving, others
}

// readyEarly names what counts as Ready once it runs, long before it serves maybe: a
// container that requests go to and no probe waits for; "" where there is none. Where it is
// not known which one serves, any probe may be the one that counts. A readiness gate waits
// for the load balancer, which asks the container itself.
func (r *rollout) readyEarly() string {
	i := slices.IndexFunc(r.serving, func(c *workload.Container) bool { return !probed(c) })
	if i < 0 || r.decision.Computed.Gated && r.healthy > r.ready {
		return ""
	}
	sidecars := r.pod.Template.Sidecars
	switch {
	case !r.named && (slices.ContainsFunc(r.serving, probed) || slices.ContainsFunc(sidecars, func(c workload.Container) bool { return probed(&c) })):
		return ""
	case r.named && r.several():
		return "container " + r.serving[i].Name
	}
	return "a Pod"
}

func probed(c *workload.Container) bool { return c.ReadinessProbe != nil || c.StartupProbe != nil }

// several tells whether a container has to be named for people.
func (r *rollout) several() bool { return len(r.pod.Template.Containers) > 1 }

// firstEnd is the first SIGTERM among some containers: hooks run in parallel. One whose hook
// is unclear counts as one that does not wait.
func firstEnd(containers []*workload.Container) end {
	var first *end
	for _, c := range containers {
		e := end{container: c.Name}
		if c.PreStop != nil {
			sleep, known := policy.HookSleep(c.PreStop)
			e.sleep, e.unclear = seconds(sleep), !known
		}
		if first == nil || e.sleep < first.sleep || e.sleep == first.sleep && e.unclear && !first.unclear {
			first = &e
		}
	}
	if first == nil {
		return end{}
	}
	return *first
}
