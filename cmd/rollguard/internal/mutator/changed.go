package mutator

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Refused says which ReplicaSets get no Pods, as a hook of theirs does not fit any more into
// the grace period that somebody gave the Pods (Kubernetes pkg/apis/core/validation, a sleep
// has to be shorter).
func Refused(sets []appsv1.ReplicaSet) []string {
	var out []string
	for i := range sets {
		for _, c := range sets[i].Status.Conditions {
			if c.Type == appsv1.ReplicaSetReplicaFailure && c.Status == corev1.ConditionTrue && strings.Contains(c.Message, "lifecycle.preStop") {
				out = append(out, fmt.Sprintf("ReplicaSet %s/%s gets no Pods: %s", sets[i].Namespace, sets[i].Name, strings.Join(strings.Fields(c.Message), " ")))
			}
		}
	}
	return out
}

// Changed says how Pods are not as their ReplicaSets want them, in the fields that decide
// how a Pod ends: somebody changed them while they were created. A grace period that is
// longer harms nobody. There is one sentence for each Deployment, as all its Pods are alike.
func Changed(sets []appsv1.ReplicaSet, all []corev1.Pod) []string {
	templates := map[string]*appsv1.ReplicaSet{}
	for i := range sets {
		templates[string(sets[i].UID)] = &sets[i]
	}
	var out []string
	told := map[string]bool{}
	for i := range all {
		p := &all[i]
		owner := metav1.GetControllerOf(p)
		if owner == nil || templates[string(owner.UID)] == nil {
			continue
		}
		set := templates[string(owner.UID)]
		name := set.Name
		if d := metav1.GetControllerOf(set); d != nil {
			name = d.Name
		}
		if text := differs(&set.Spec.Template.Spec, &p.Spec); text != "" && !told[name] {
			told[name] = true
			out = append(out, fmt.Sprintf("Pod %s/%s has %s", p.Namespace, p.Name, text))
		}
	}
	return out
}

func differs(template, pod *corev1.PodSpec) string {
	if is, has := grace(pod), grace(template); is < has {
		return fmt.Sprintf("terminationGracePeriodSeconds %d, and its template %d", is, has)
	}
	for i := range template.Containers {
		for n := range pod.Containers {
			if pod.Containers[n].Name != template.Containers[i].Name {
				continue
			}
			if is, has := preStop(&pod.Containers[n]), preStop(&template.Containers[i]); has != nil && !same(is, has) {
				return fmt.Sprintf("preStop %s in container %s, and its template %s", hook(is), pod.Containers[n].Name, hook(has))
			}
		}
	}
	return ""
}

// grace is the grace period in seconds, or the API's default.
func grace(p *corev1.PodSpec) int64 {
	if p.TerminationGracePeriodSeconds == nil {
		return corev1.DefaultTerminationGracePeriodSeconds
	}
	return *p.TerminationGracePeriodSeconds
}

func preStop(c *corev1.Container) *corev1.LifecycleHandler {
	if c.Lifecycle == nil {
		return nil
	}
	return c.Lifecycle.PreStop
}

// same takes HTTP hooks for alike: meshes let the proxy ask in the kubelet's place.
func same(a, b *corev1.LifecycleHandler) bool {
	return reflect.DeepEqual(a, b) || a != nil && a.HTTPGet != nil && b.HTTPGet != nil
}

// hook names one in a word or two.
func hook(h *corev1.LifecycleHandler) string {
	switch {
	case h == nil:
		return "none"
	case h.Sleep != nil:
		return "sleep " + strconv.FormatInt(h.Sleep.Seconds, 10)
	case h.Exec != nil:
		return "exec"
	case h.HTTPGet != nil:
		return "httpGet"
	}
	return "of another kind"
}
