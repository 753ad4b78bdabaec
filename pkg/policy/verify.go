package policy

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/workload"
)

// Verify tells whether a change would make the API server refuse an object that it
// would have taken before. It checks the rules of validation that the closed set of
// fields can break (Kubernetes pkg/apis/core/validation and
// pkg/apis/apps/validation); what was wrong already is the author's.
func Verify(before, after *workload.Deployment) error {
	known := map[string]bool{}
	for _, fault := range faults(before) {
		known[fault] = true
	}
	for _, fault := range faults(after) {
		if !known[fault] {
			return fmt.Errorf("the result would be invalid: %s", fault)
		}
	}
	return nil
}

// maxAnnotations is how long all annotations of an object may be together, keys and
// values, in bytes (apimachinery pkg/api/validation, TotalAnnotationSizeLimitB).
const maxAnnotations = 256 << 10

func faults(d *workload.Deployment) []string {
	var found []string
	size := 0
	for key, value := range d.Annotations {
		size += len(key) + len(value)
	}
	if size > maxAnnotations {
		found = append(found, "the annotations are longer than 256 KiB")
	}
	if d.Strategy.Type == "RollingUpdate" && isZero(d.Strategy.MaxSurge) && isZero(d.Strategy.MaxUnavailable) {
		found = append(found, "maxSurge and maxUnavailable are both 0")
	}
	if d.MinReadySeconds > 0 && d.ProgressDeadlineSeconds <= d.MinReadySeconds {
		found = append(found, "progressDeadlineSeconds is not above minReadySeconds")
	}
	for i := range d.Template.Containers {
		c := &d.Template.Containers[i]
		for word, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "readiness": c.ReadinessProbe} {
			if probe != nil && probeHandlers(probe) != 1 {
				found = append(found, fmt.Sprintf("container %s: the %s probe needs exactly one handler", c.Name, word))
			}
		}
		if c.PreStop == nil {
			continue
		}
		if hookHandlers(c.PreStop) != 1 {
			found = append(found, fmt.Sprintf("container %s: the preStop hook needs exactly one handler", c.Name))
		}
		if c.PreStop.Sleep != nil && c.PreStop.Sleep.Seconds > d.Template.GracePeriodSeconds {
			found = append(found, fmt.Sprintf("container %s: the preStop sleep is longer than the grace period", c.Name))
		}
	}
	return found
}

func probeHandlers(p *corev1.Probe) int {
	return count(p.HTTPGet != nil, p.TCPSocket != nil, p.GRPC != nil, p.Exec != nil)
}

func hookHandlers(h *corev1.LifecycleHandler) int {
	return count(h.HTTPGet != nil, h.TCPSocket != nil, h.Exec != nil, h.Sleep != nil)
}

func count(set ...bool) int {
	n := 0
	for _, b := range set {
		if b {
			n++
		}
	}
	return n
}
