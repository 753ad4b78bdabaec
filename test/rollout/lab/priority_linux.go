package lab

import (
	"fmt"
	"math"
	"os"
	"syscall"
)

// prefer makes a nice value below 0 mean what it says. The kernel weighs processes
// against those of their own session only (sched(7), "The autogroup feature"), and Pods
// against nothing at all, as they are in control groups.
func (l *Lab) prefer(times float64) error {
	// The system call returns 20 less the nice value (getpriority(2)).
	value, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	nice := 20 - value
	switch {
	case err != nil:
		return fmt.Errorf("read the nice value: %w", err)
	case nice >= 0 && times > 0:
		return l.cluster.Favour(times)
	case nice >= 0:
		return nil
	}
	const autogroup = "/proc/self/autogroup"
	if _, err := os.Stat(autogroup); err == nil {
		if err := os.WriteFile(autogroup, fmt.Appendf(nil, "%d", nice), 0o600); err != nil {
			return fmt.Errorf("prefer the session: %w", err)
		}
	}
	// Each step of nice is a quarter more (sched(7), "The nice value and group scheduling").
	// The node is kubelet, containerd and all Pods: three times that of the session.
	return l.cluster.Favour(3 * math.Pow(1.25, float64(-nice)))
}
