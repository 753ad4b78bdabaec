package capacity

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	helpers "k8s.io/component-helpers/resource"
)

// Demand is what one Pod takes.
type Demand struct {
	Requests, Limits corev1.ResourceList
	PriorityClass    string
}

// OfPod adds up what a Pod asks for, as the scheduler does: init containers, sidecars and
// resources of the whole Pod included. What a LimitRange or a runtime class adds to it is
// not known before it exists.
func OfPod(pod *corev1.Pod) Demand {
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range containers {
			requestLimits(&containers[i].Resources)
		}
	}
	return Demand{
		Requests:      helpers.PodRequests(pod, helpers.PodResourcesOptions{}),
		Limits:        helpers.PodLimits(pod, helpers.PodResourcesOptions{}),
		PriorityClass: pod.Spec.PriorityClassName,
	}
}

// requestLimits fills in what the API server does for a Pod, though not for a template: a
// request that is left out is the limit (Kubernetes pkg/apis/core/v1/defaults.go).
func requestLimits(r *corev1.ResourceRequirements) {
	for name, limit := range r.Limits {
		if _, ok := r.Requests[name]; ok {
			continue
		}
		if r.Requests == nil {
			r.Requests = corev1.ResourceList{}
		}
		r.Requests[name] = limit
	}
}

// bestEffort tells whether a Pod asks for neither processor nor memory.
func (d *Demand) bestEffort() bool {
	for _, list := range []corev1.ResourceList{d.Requests, d.Limits} {
		if !list.Cpu().IsZero() || !list.Memory().IsZero() {
			return false
		}
	}
	return true
}

// of is what a Pod takes of a resource as quotas name it.
func (d *Demand) of(name corev1.ResourceName) resource.Quantity {
	text := string(name)
	switch {
	case name == corev1.ResourcePods, name == countOfPods:
		return *resource.NewQuantity(1, resource.DecimalSI)
	case strings.HasPrefix(text, requests):
		return d.Requests[corev1.ResourceName(strings.TrimPrefix(text, requests))]
	case strings.HasPrefix(text, limits):
		return d.Limits[corev1.ResourceName(strings.TrimPrefix(text, limits))]
	}
	return d.Requests[name]
}
