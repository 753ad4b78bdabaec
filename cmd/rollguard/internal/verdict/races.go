package verdict

import (
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/timeline"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Timeline is the next rollout of the Deployment: as admission leaves it, without what was
// added before where its author opted out, or as it is where nobody completes it. It is nil
// where there is none, or what leads to the Pods is not known.
func (v *Verdict) Timeline() *timeline.Timeline {
	rolled := v.rolled()
	if rolled == nil {
		return nil
	}
	return timeline.New(rolled, &v.Decision)
}

// rolled is the Deployment as its next rollout has it, nil where that is not known.
func (v *Verdict) rolled() *workload.Deployment {
	if v.Err != nil || len(v.Unread) > 0 {
		return nil
	}
	operations := v.Patch
	switch {
	case v.Off:
		operations = nil
	case v.Deployment.Standing == manifest.OptedOut:
		operations = v.Decision.Patch
	}
	rolled, err := v.with(operations)
	if err != nil {
		return nil // it was read before, and the patch was proven
	}
	return rolled
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

// Recreate is in [Verdict.Open] for the strategy that stops all Pods first.
const Recreate = "Recreate"

// Open names the races that lose requests in the next rollout, "A" and "B", or [Recreate].
func (v *Verdict) Open() []string {
	rolled := v.rolled()
	if rolled == nil || v.Decision.Exposure.Kind == topology.None {
		return nil
	}
	if rolled.Strategy.Type == Recreate {
		return []string{Recreate}
	}
	var out []string
	if t := timeline.New(rolled, &v.Decision); t != nil {
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
	switch {
	case len(races) == 0:
		return ""
	case races[0] == Recreate:
		return "each rollout is an outage (strategy Recreate)"
	case len(races) == 1:
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
