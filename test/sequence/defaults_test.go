package sequence_test

import (
	"cmp"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// withDefaults fills in what an API server does (Kubernetes
// pkg/apis/apps/v1/defaults.go and pkg/apis/core/v1/defaults.go), as far as the
// sequences have the fields.
func withDefaults(d *appsv1.Deployment) {
	one, ten, deadline, grace := int32(1), int32(10), int32(600), int64(30)
	orElse(&d.Spec.Replicas, one)
	orElse(&d.Spec.RevisionHistoryLimit, ten)
	orElse(&d.Spec.ProgressDeadlineSeconds, deadline)
	strategy := &d.Spec.Strategy
	strategy.Type = cmp.Or(strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if strategy.Type == appsv1.RollingUpdateDeploymentStrategyType {
		orElse(&strategy.RollingUpdate, appsv1.RollingUpdateDeployment{})
		orElse(&strategy.RollingUpdate.MaxSurge, intstr.FromString("25%"))
		orElse(&strategy.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
	}
	pod := &d.Spec.Template.Spec
	orElse(&pod.TerminationGracePeriodSeconds, grace)
	orElse(&pod.SecurityContext, corev1.PodSecurityContext{})
	pod.RestartPolicy = cmp.Or(pod.RestartPolicy, corev1.RestartPolicyAlways)
	pod.DNSPolicy = cmp.Or(pod.DNSPolicy, corev1.DNSClusterFirst)
	pod.SchedulerName = cmp.Or(pod.SchedulerName, corev1.DefaultSchedulerName)
	for i := range pod.Containers {
		containerDefaults(&pod.Containers[i])
	}
}

func orElse[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

func containerDefaults(c *corev1.Container) {
	c.ImagePullPolicy = cmp.Or(c.ImagePullPolicy, corev1.PullIfNotPresent)
	c.TerminationMessagePath = cmp.Or(c.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	c.TerminationMessagePolicy = cmp.Or(c.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	for i := range c.Ports {
		c.Ports[i].Protocol = cmp.Or(c.Ports[i].Protocol, corev1.ProtocolTCP)
	}
	for _, p := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
		if p == nil {
			continue
		}
		p.TimeoutSeconds = cmp.Or(p.TimeoutSeconds, 1)
		p.PeriodSeconds = cmp.Or(p.PeriodSeconds, 10)
		p.SuccessThreshold = cmp.Or(p.SuccessThreshold, 1)
		p.FailureThreshold = cmp.Or(p.FailureThreshold, 3)
		if h := p.HTTPGet; h != nil {
			h.Path, h.Scheme = cmp.Or(h.Path, "/"), cmp.Or(h.Scheme, corev1.URISchemeHTTP)
		}
	}
}
