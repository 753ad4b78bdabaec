package policy

import (
	"fmt"
	"time"

	"github.com/rollguard/rollguard/pkg/workload"
)

// gracePeriod leaves time for the sleep and for shutting down after it, as the
// kubelet takes both out of the same budget (pkg/kubelet/kuberuntime/
// kuberuntime_container.go). It is never lowered.
func gracePeriod(e *evaluation) {
	t := &e.timing
	if t.grace < t.needed+t.rest {
		e.find(AtRisk, GraceTooShort, workload.GracePeriod,
			fmt.Sprintf("a grace period of %s is too short: %s of sleep and %s to shut down are needed, so the sleep is %s", t.grace, t.needed, t.rest, t.sleep))
	}
	if t.fixed {
		return
	}
	e.want(workload.GracePeriod, int64(t.grace/time.Second), GracePeriodRaised, "grace period "+t.grace.String())
}
