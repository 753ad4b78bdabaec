package sequence_test

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// validate has the rules that tie the fields together which Rollguard writes
// (Kubernetes pkg/apis/apps/validation and pkg/apis/core/validation).
func validate(d *appsv1.Deployment) error {
	errs := []error{validateStrategy(&d.Spec.Strategy)}
	if d.Spec.MinReadySeconds >= *d.Spec.ProgressDeadlineSeconds {
		errs = append(errs, fmt.Errorf("progressDeadlineSeconds %d must be greater than minReadySeconds %d", *d.Spec.ProgressDeadlineSeconds, d.Spec.MinReadySeconds))
	}
	grace := *d.Spec.Template.Spec.TerminationGracePeriodSeconds
	for i := range d.Spec.Template.Spec.Containers {
		c := &d.Spec.Template.Spec.Containers[i]
		errs = append(errs, validateProbe("startupProbe", c.StartupProbe), validateProbe("readinessProbe", c.ReadinessProbe), validateProbe("livenessProbe", c.LivenessProbe))
		if c.StartupProbe != nil && c.StartupProbe.SuccessThreshold != 1 {
			errs = append(errs, errors.New("startupProbe.successThreshold must be 1"))
		}
		if c.Lifecycle != nil {
			errs = append(errs, validateHook(c.Lifecycle.PreStop, grace))
		}
	}
	return errors.Join(errs...)
}

func validateStrategy(s *appsv1.DeploymentStrategy) error {
	if s.Type == appsv1.RecreateDeploymentStrategyType && s.RollingUpdate != nil {
		return errors.New("rollingUpdate may not be specified with Recreate")
	}
	if r := s.RollingUpdate; r != nil && isZero(r.MaxSurge) && isZero(r.MaxUnavailable) {
		return errors.New("maxUnavailable may not be 0 when maxSurge is 0")
	}
	return nil
}

func isZero(v *intstr.IntOrString) bool {
	n, err := intstr.GetScaledValueFromIntOrPercent(v, 100, true)
	return err == nil && n == 0
}

func validateProbe(name string, p *corev1.Probe) error {
	if p == nil {
		return nil
	}
	if n := count(p.HTTPGet != nil, p.TCPSocket != nil, p.GRPC != nil, p.Exec != nil); n != 1 {
		return fmt.Errorf("%s has %d handlers", name, n)
	}
	if min(p.InitialDelaySeconds, p.TimeoutSeconds, p.PeriodSeconds, p.SuccessThreshold, p.FailureThreshold) < 0 {
		return fmt.Errorf("%s has a negative number", name)
	}
	return nil
}

func validateHook(h *corev1.LifecycleHandler, grace int64) error {
	if h == nil {
		return nil
	}
	if n := count(h.HTTPGet != nil, h.TCPSocket != nil, h.Exec != nil, h.Sleep != nil); n != 1 {
		return fmt.Errorf("preStop has %d handlers", n)
	}
	if h.Sleep != nil && (h.Sleep.Seconds < 0 || h.Sleep.Seconds > grace) {
		return fmt.Errorf("preStop sleeps %d, and the grace period is %d", h.Sleep.Seconds, grace)
	}
	return nil
}

func count(set ...bool) int {
	n := 0
	for _, is := range set {
		if is {
			n++
		}
	}
	return n
}
