package policy

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/workload"
)

// leastBudget is the least default budget. A progress deadline only sets a condition
// and restarts nothing, so a short one says nothing about how long a start may take.
// It is the API's own default of the deadline.
const leastBudget = 600 * time.Second

// startupProbe keeps the readiness probe, and a liveness probe of the author's, away
// from a container that is still starting. Its budget is by default as long as the
// Deployment waits for a Pod, and never short: a container that would have come up
// without us must not be restarted.
func startupProbe(e *evaluation) {
	s := &e.in.Settings.Startup
	r := probeRule{
		word: "startup", settings: s, code: StartupProbeAdded,
		path:     workload.StartupProbe,
		present:  func(c *workload.Container) *corev1.Probe { return c.StartupProbe },
		failures: startupFailures(e),
		request: func(p provenPort) (string, string) {
			return s.Path.Value, backendScheme(p)
		},
	}
	r.run(e)
}

func startupFailures(e *evaluation) int32 {
	s := &e.in.Settings.Startup
	if s.FailureThreshold.Value != nil {
		return *s.FailureThreshold.Value
	}
	budget := max(time.Duration(e.deadline())*time.Second, leastBudget)
	if bound := e.in.Settings.Bounds.MaxStartupBudget; bound > 0 {
		budget = min(budget, bound)
	}
	if s.Budget.Value != nil {
		budget = *s.Budget.Value
	}
	periods := (budget + s.Period.Value - 1) / s.Period.Value
	return int32(max(periods, 1))
}

// backendScheme is the scheme that the load balancer speaks to the container.
func backendScheme(p provenPort) string {
	if p.route != nil && p.route.BackendProtocol == "HTTPS" {
		return "HTTPS"
	}
	return "HTTP"
}
