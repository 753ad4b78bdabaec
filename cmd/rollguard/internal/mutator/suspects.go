package mutator

import (
	"slices"

	"github.com/rollguard/rollguard/pkg/workload"
)

// Suspects names who may have set a field of a Deployment: the policies that name it, or
// else the webhooks that may do anything; "" for nobody that is known.
func Suspects(found []Mutator, field workload.Path) string {
	fields := field.Fields()
	last := fields[len(fields)-1]
	var sure, maybe []Mutator
	for _, m := range found {
		switch {
		case m.policy && slices.Contains(m.Fields, last):
			sure = append(sure, m)
		case !m.policy && m.Deployments && (m.known.product == "" || m.known.engine):
			maybe = append(maybe, m)
		}
	}
	if len(sure) == 0 {
		sure = maybe
	}
	switch {
	case len(sure) == 0:
		return ""
	case len(sure) > 1:
		return "one of " + list(sure)
	case sure[0].policy && sure[0].Deployments: // it is known for what it is asked
		return sure[0].Name
	}
	return "likely " + sure[0].Name
}
