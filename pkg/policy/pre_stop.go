package policy

import (
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/workload"
)

// preStop makes a terminating Pod go on serving until nothing new is sent to it. The
// hook goes on every ordinary container: hooks run in parallel, and a container
// without one takes SIGTERM at once. Native sidecars outlive the others (KEP-753) and
// need none.
func preStop(e *evaluation) {
	for i := range e.author.Template.Containers {
		c := &e.author.Template.Containers[i]
		if c.PreStop != nil {
			ownHook(e, c)
		} else {
			addSleep(e, c)
		}
	}
}

func addSleep(e *evaluation, c *workload.Container) {
	path := workload.PreStop(c.Name)
	seconds := int64(e.timing.sleep / time.Second)
	if seconds <= 0 {
		return // gracePeriod reports that there is no room
	}
	if e.in.NativeSleep {
		hook := corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: seconds}}
		e.want(path, hook, PreStopSleepAdded, fmt.Sprintf("preStop sleep %ds", seconds))
		return
	}
	command := []string{"sleep", strconv.FormatInt(seconds, 10)}
	hook := corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: command}}
	e.want(path, hook, PreStopExecAdded, fmt.Sprintf("preStop command sleep %d", seconds))
}

// ownHook judges a hook that the author wrote. Only mode enforce changes it, and only
// one that does nothing but sleep.
func ownHook(e *evaluation, c *workload.Container) {
	path := workload.PreStop(c.Name)
	d, plain := hookSleep(c.PreStop)
	switch {
	case !plain:
		e.find(AtRisk, PreStopUnclear, path, fmt.Sprintf("container %s has a preStop hook that does not show how long it waits; at least %s are needed", c.Name, e.timing.needed))
	case d < e.timing.sleep && e.enforcing():
		seconds := int64(e.timing.sleep / time.Second)
		e.enforce(path, lengthened(c.PreStop, seconds), PreStopLengthened, fmt.Sprintf("preStop sleep %ds instead of %s", seconds, d))
	case d < e.timing.needed:
		e.find(AtRisk, PreStopTooShort, path, fmt.Sprintf("container %s sleeps %s before it stops, and %s are needed (%s)", c.Name, d, e.timing.needed, e.timing.sleepSource))
	default:
		e.find(Kept, PreStopAuthored, path, fmt.Sprintf("container %s already sleeps %s before it stops", c.Name, d))
	}
}
