package policy

import (
	"cmp"
	"slices"
)

// worst are the risks that lose the most requests, worst first: those of every rollout
// before those of some. The others follow in the order in which they were found.
func worst() []Code {
	return []Code{
		RecreateStrategy, ObjectTooLarge, QuotaBlocksSurge, SurgeForbidden, MaxUnavailableAuthored, MaxUnavailableAsked,
		SurgeMayDeadlock, NotReadyPublished, PreStopTooShort, MeshStopsFirst, GraceTooShort, MinReadyTooShort,
		ExposureUnclear, NoProvenPort, ContainerNotFound, PreStopUnclear, DeadlineTooShort,
	}
}

// Risks are the sentences of the findings that are at risk, worst first.
func (r *Result) Risks() []string {
	order := worst()
	rank := func(f *Finding) int {
		if i := slices.Index(order, f.Code); i >= 0 {
			return i
		}
		return len(order)
	}
	var found []*Finding
	for i := range r.Findings {
		if r.Findings[i].Outcome == AtRisk {
			found = append(found, &r.Findings[i])
		}
	}
	slices.SortStableFunc(found, func(a, b *Finding) int { return cmp.Compare(rank(a), rank(b)) })
	var out []string
	for _, f := range found {
		out = append(out, f.Message)
	}
	return out
}

// risks counts the findings that are at risk.
func (r *Result) risks() int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Outcome == AtRisk {
			n++
		}
	}
	return n
}
