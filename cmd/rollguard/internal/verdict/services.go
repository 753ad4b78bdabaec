package verdict

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Missed are the Services of the namespace that select Pods, and other ones than those of the
// Deployment, those first that nearly select them: of its name, then by how much of their
// selector is as the labels are. A slip in a selector looks just like no Service at all.
func (v *Verdict) Missed() []*corev1.Service {
	if v.set == nil {
		return nil
	}
	stored, err := v.Stored()
	if err != nil {
		return nil // it was read before, and the patch was proven
	}
	pods := stored.Template.Labels
	var out []*corev1.Service
	for _, svc := range v.set.Services(v.Deployment.Namespace) {
		if selector := svc.Spec.Selector; len(selector) > 0 && !labels.SelectorFromSet(selector).Matches(labels.Set(pods)) {
			out = append(out, svc)
		}
	}
	slices.SortStableFunc(out, func(a, b *corev1.Service) int {
		return cmp.Or(
			first(a.Name == v.Deployment.Name, b.Name == v.Deployment.Name),
			cmp.Compare(likeness(b.Spec.Selector, pods), likeness(a.Spec.Selector, pods)),
		)
	})
	return out
}

// first orders what is so before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// likeness is how much of a selector is as the labels are: the part of its values that begin
// as those do.
func likeness(selector, pods map[string]string) float64 {
	sum := 0.0
	for key, value := range selector {
		has, ok := pods[key]
		if !ok {
			continue
		}
		same := 0
		for same < min(len(value), len(has)) && value[same] == has[same] {
			same++
		}
		sum += float64(same+1) / float64(max(len(value), len(has))+1)
	}
	return sum / float64(len(selector))
}
