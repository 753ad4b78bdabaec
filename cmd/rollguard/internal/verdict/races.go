package verdict

import (
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/timeline"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Timeline is the rollout of the Deployment as admission leaves it, or as it is where
// nobody completes it; nil where there is none, or what leads to the Pods is not known.
func (v *Verdict) Timeline() *timeline.Timeline {
	if v.Err != nil || len(v.Unread) > 0 {
		return nil
	}
	operations := v.Patch
	if v.Off {
		operations = nil
	}
	rolled, err := v.with(operations)
	if err != nil {
		return nil // it was read before, and the patch was proven
	}
	return timeline.New(rolled, &v.Decision)
}

// with is the Deployment with a patch applied.
func (v *Verdict) with(operations []patch.Operation) (*workload.Deployment, error) {
	doc, err := fastjson.ParseBytes(v.Deployment.JSON)
	if err != nil {
		return nil, err
	}
	if err := patch.Apply(doc, operations); err != nil {
		return nil, err
	}
	return workload.FromValue(doc)
}

// Open names the races that lose requests in the rollout of the [Verdict.Timeline], "A" and
// "B".
func (v *Verdict) Open() []string {
	var out []string
	if t := v.Timeline(); t != nil {
		for i := range t.Races {
			if race := &t.Races[i]; !race.Closed && !race.Unknown {
				out = append(out, race.Name)
			}
		}
	}
	return out
}

// OpenText says of open races what they mean, "" of none.
func OpenText(races []string) string {
	switch len(races) {
	case 0:
		return ""
	case 1:
		return "requests may be lost (race " + races[0] + " is open)"
	}
	return "requests may be lost (races " + strings.Join(races, " and ") + " are open)"
}

// Kept are the rules that the annotation keep leaves alone.
func (v *Verdict) Kept() []api.Rule {
	var out []api.Rule
	for i := range v.Decision.Findings {
		if f := &v.Decision.Findings[i]; f.Code == policy.KeptOnRequest && !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}
