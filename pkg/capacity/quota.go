package capacity

import (
	"maps"
	"math"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Quota is what a ResourceQuota still grants.
type Quota struct {
	// Free is what is left of each resource, below zero when more is used than granted.
	Free   map[corev1.ResourceName]resource.Quantity
	scopes []corev1.ScopedResourceSelectorRequirement
}

// OfQuota takes what the quota controller last counted. Where it has not counted, as in a
// manifest, nothing counts as used. Resources that no Pod uses are left out.
func OfQuota(q *corev1.ResourceQuota) Quota {
	hard := q.Status.Hard
	if len(hard) == 0 {
		hard = q.Spec.Hard
	}
	out := Quota{Free: map[corev1.ResourceName]resource.Quantity{}}
	for name, granted := range hard {
		if !countsPods(name) {
			continue
		}
		free := granted.DeepCopy()
		free.Sub(q.Status.Used[name])
		out.Free[name] = free
	}
	for _, scope := range q.Spec.Scopes {
		out.scopes = append(out.scopes, corev1.ScopedResourceSelectorRequirement{ScopeName: scope, Operator: corev1.ScopeSelectorOpExists})
	}
	if q.Spec.ScopeSelector != nil {
		out.scopes = append(out.scopes, q.Spec.ScopeSelector.MatchExpressions...)
	}
	return out
}

const (
	requests, limits = "requests.", "limits."
	countOfPods      = corev1.ResourceName("count/pods")
)

// countsPods tells whether a Pod may use some of a resource (Kubernetes
// pkg/quota/v1/evaluator/core/pods.go).
func countsPods(name corev1.ResourceName) bool {
	switch name {
	case corev1.ResourcePods, countOfPods, corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage:
		return true
	case requests + corev1.ResourceStorage: // of claims
		return false
	}
	text := string(name)
	return strings.HasPrefix(text, requests) || strings.HasPrefix(text, limits) || strings.HasPrefix(text, corev1.ResourceHugePagesPrefix)
}

// Shortage is the resource of which a quota has room for the fewest Pods.
type Shortage struct {
	Resource corev1.ResourceName
	// Free is what is left of it, Each what one Pod takes.
	Free, Each resource.Quantity
	// Pods is how many more fit.
	Pods int64
}

// Room tells how many more Pods fit and what runs out first; false when the quota does
// not limit such Pods.
func (q *Quota) Room(d *Demand) (Shortage, bool) {
	least, limited := Shortage{}, false
	if !q.covers(d) {
		return least, false
	}
	for _, name := range slices.Sorted(maps.Keys(q.Free)) {
		each, free := d.of(name), q.Free[name]
		if each.Sign() <= 0 {
			continue
		}
		if fit := pods(free, each); !limited || fit < least.Pods {
			least, limited = Shortage{Resource: name, Free: free, Each: each, Pods: fit}, true
		}
	}
	return least, limited
}

// pods is how often each fits into free. Quantities are decimals of any size; what a
// float64 loses is far below what a Pod asks for.
func pods(free, each resource.Quantity) int64 {
	n := free.AsApproximateFloat64()/each.AsApproximateFloat64() + 1e-9
	return int64(math.Floor(max(0, min(n, math.MaxInt32))))
}

// covers tells whether a quota counts such Pods: all of its scopes must match. A scope
// that is not known here matches nothing, so that nothing false is said.
func (q *Quota) covers(d *Demand) bool {
	return !slices.ContainsFunc(q.scopes, func(s corev1.ScopedResourceSelectorRequirement) bool { return !inScope(&s, d) })
}

func inScope(s *corev1.ScopedResourceSelectorRequirement, d *Demand) bool {
	switch s.ScopeName {
	case corev1.ResourceQuotaScopeNotTerminating: // a Deployment's Pods have no deadline
		return true
	case corev1.ResourceQuotaScopeBestEffort:
		return d.bestEffort()
	case corev1.ResourceQuotaScopeNotBestEffort:
		return !d.bestEffort()
	case corev1.ResourceQuotaScopePriorityClass:
		in := slices.Contains(s.Values, d.PriorityClass)
		switch s.Operator {
		case corev1.ScopeSelectorOpIn:
			return in
		case corev1.ScopeSelectorOpNotIn:
			return !in
		case corev1.ScopeSelectorOpExists:
			return d.PriorityClass != ""
		case corev1.ScopeSelectorOpDoesNotExist:
			return d.PriorityClass == ""
		}
	}
	return false
}
