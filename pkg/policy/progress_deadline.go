package policy

import (
	"fmt"
	"math"
	"time"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// schedulingRoom is what a new Pod may need before its container starts: a node, and
// the image.
const schedulingRoom = 60 * time.Second

// progressDeadline makes room for a start that was asked to be allowed to take long,
// and for minReadySeconds. The default startup budget follows the deadline and never
// raises it.
func progressDeadline(e *evaluation) {
	needed, now := e.neededDeadline(), int64(e.author.ProgressDeadlineSeconds)
	if needed <= now {
		return
	}
	if !e.free(workload.ProgressDeadline) && e.enforcing() {
		e.enforce(workload.ProgressDeadline, needed, ProgressDeadlineEnforced, fmt.Sprintf("progressDeadlineSeconds %ds instead of %ds", needed, now))
		return
	}
	if !e.free(workload.ProgressDeadline) {
		e.find(AtRisk, DeadlineTooShort, workload.ProgressDeadline, fmt.Sprintf("progressDeadlineSeconds is %ds, and a start with minReadySeconds may take %ds", now, needed))
		return
	}
	e.want(workload.ProgressDeadline, needed, ProgressDeadlineRaised, fmt.Sprintf("progressDeadlineSeconds %ds", needed))
}

// deadline is the progress deadline that will hold after the evaluation.
func (e *evaluation) deadline() int64 {
	now := int64(e.author.ProgressDeadlineSeconds)
	fixed := !e.free(workload.ProgressDeadline) && !e.enforcing()
	if fixed || e.in.Settings.Keeps(api.RuleProgressDeadline) {
		return now
	}
	return max(now, e.neededDeadline())
}

// neededDeadline is 0 when nothing was asked for that might not fit.
func (e *evaluation) neededDeadline() int64 {
	minReady := time.Duration(e.author.MinReadySeconds) * time.Second
	if d := e.ready.duration; (e.free(workload.MinReadySeconds) || e.enforcing()) && d > minReady {
		minReady = d
	}
	budget := e.askedBudget()
	now := time.Duration(e.author.ProgressDeadlineSeconds) * time.Second
	if budget+minReady < now {
		return 0
	}
	return min(int64((budget+minReady+schedulingRoom)/time.Second), math.MaxInt32)
}

// askedBudget is the startup budget, if annotations ask for one.
func (e *evaluation) askedBudget() time.Duration {
	s := &e.in.Settings.Startup
	switch {
	case s.FailureThreshold.Value != nil:
		return s.Period.Value * time.Duration(*s.FailureThreshold.Value)
	case s.Budget.Value != nil:
		return *s.Budget.Value
	}
	return 0
}
