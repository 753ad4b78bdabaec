package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// maxServices is how many Services are named, maxLabels how many labels of Pods.
const (
	maxServices = 5
	maxLabels   = 8
)

// missed names Services that select other Pods, with the labels that they miss: a slip in a
// selector is seen where both stand side by side.
func (p *page) missed() {
	services := p.v.Missed()
	stored, err := p.v.Stored()
	if len(services) == 0 || err != nil {
		return
	}
	var names, keys []string
	for _, svc := range services[:min(len(services), maxServices)] {
		names = append(names, fmt.Sprintf("%s (%s)", svc.Name, pairs(svc)))
		keys = slices.AppendSeq(keys, maps.Keys(svc.Spec.Selector))
	}
	text := strings.Join(names, ", ")
	if more := len(services) - maxServices; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	p.line("    Services there that select other Pods: %s.", text)
	if pods := stored.Template.Labels; len(pods) > 0 {
		p.line("    These Pods have the labels %s.", podLabels(pods, keys))
		return
	}
	p.line("    These Pods have no labels.")
}

func pairs(svc *corev1.Service) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(svc.Spec.Selector)) {
		out = append(out, key+"="+svc.Spec.Selector[key])
	}
	return shown(strings.Join(out, ","))
}

// podLabels are those first of which a selector speaks.
func podLabels(labels map[string]string, keys []string) string {
	asked := func(key string) int {
		if slices.Contains(keys, key) {
			return 0
		}
		return 1
	}
	all := slices.Sorted(maps.Keys(labels))
	slices.SortStableFunc(all, func(a, b string) int { return asked(a) - asked(b) })
	var out []string
	for _, key := range all[:min(len(all), maxLabels)] {
		out = append(out, shown(key+"="+labels[key]))
	}
	text := strings.Join(out, ", ")
	if more := len(all) - maxLabels; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
