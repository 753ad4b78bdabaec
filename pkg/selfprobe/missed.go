package selfprobe

import (
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/util/sets"
)

// Missed are the names of those namespaces for which the manifest has API servers call
// Rollguard, and this configuration with [MainWebhook] does not. Those that the chart's values
// exclude are not meant, nor is that of the probe. An error means that the manifest itself
// cannot be read.
func (i Installation) Missed(c *admissionregistrationv1.MutatingWebhookConfiguration, all []corev1.Namespace) ([]string, error) {
	manifest, err := i.expected()
	if err != nil {
		return nil, err
	}
	p := &pair{is: Entry(c, MainWebhook), has: Entry(manifest, MainWebhook), place: i}
	is := p.withoutMore()
	var out []string
	for n := range all {
		if set := labels.Set(all[n].Labels); all[n].Name != i.Probe && selects(p.has.NamespaceSelector, set) && !selects(is, set) {
			out = append(out, all[n].Name)
		}
	}
	return out, nil
}

// narrower tells whether a selector asks for something that another one does not: then it may
// leave out what that takes.
func narrower(is, has *metav1.LabelSelector) bool {
	asked, known := requirements(is), requirements(has)
	return slices.ContainsFunc(asked, func(r labels.Requirement) bool {
		return !slices.ContainsFunc(known, func(k labels.Requirement) bool { return follows(&r, &k) })
	})
}

// requirements are those of a selector, none of one that takes everything. The API server
// stores no selector that cannot be read.
func requirements(selector *metav1.LabelSelector) []labels.Requirement {
	if selector == nil {
		return nil
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return nil
	}
	all, _ := s.Requirements()
	return all
}

// follows tells whether a requirement holds wherever a known one does.
func follows(r, known *labels.Requirement) bool {
	if r.Key() != known.Key() {
		return false
	}
	is, has := sets.New(r.ValuesUnsorted()...), sets.New(known.ValuesUnsorted()...)
	switch known.Operator() {
	case selection.In, selection.Equals, selection.DoubleEquals:
		switch r.Operator() {
		case selection.In, selection.Equals, selection.DoubleEquals:
			return is.IsSuperset(has)
		case selection.NotIn:
			return is.Intersection(has).Len() == 0
		}
		return r.Operator() == selection.Exists
	case selection.NotIn:
		return r.Operator() == selection.NotIn && has.IsSuperset(is)
	}
	return r.Operator() == known.Operator()
}
