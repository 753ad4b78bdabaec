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
	if t.fixed {
		return
	}
	if now := e.author.Template.GracePeriodSeconds; !e.free(workload.GracePeriod) {
		if seconds := int64(t.grace / time.Second); seconds > now {
			e.enforce(workload.GracePeriod, seconds, GracePeriodEnforced, fmt.Sprintf("grace period %s instead of %ds", t.grace, now))
		}
		return
	}
	e.want(workload.GracePeriod, int64(t.grace/time.Second), GracePeriodRaised, "grace period "+t.grace.String())
}
