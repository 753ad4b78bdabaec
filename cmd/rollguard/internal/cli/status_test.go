package cli

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// surveyed is a verdict about Deployment shop/NAME: what would change, and what is at risk.
func surveyed(name string, changes []policy.Change, risks ...policy.Finding) *verdict.Verdict {
	v := &verdict.Verdict{Deployment: &manifest.Deployment{Namespace: "shop", Name: name, Standing: manifest.Guarded}}
	v.Decision.Exposure.Kind = topology.Service
	v.Decision.Changes, v.Decision.Findings = changes, risks
	return v
}

func TestTheTableLinesUpAndShowsWhatIsMissingAndWhatIsAtRisk(t *testing.T) {
	strategy := []policy.Change{{Rule: "strategy"}, {Rule: "pre-stop"}}
	risk := func(code policy.Code, message string) policy.Finding {
		return policy.Finding{Outcome: policy.AtRisk, Code: code, Message: message}
	}
	all := []standing{
		standingOf(surveyed("a", nil)),
		standingOf(surveyed("at-risk", nil, risk("x", "the sleep is short"))),
		standingOf(surveyed("pending", strategy)),
		standingOf(surveyed("pending-at-risk", strategy, risk("x", "a typo"), risk(policy.RecreateStrategy, "each rollout is an outage"), risk("x", "another"))),
	}
	all[0].Routes = append(all[0].Routes, topology.Route{Via: topology.ViaService, Service: "web"})
	missing := standing{key: "shop/unguarded", State: policy.Unguarded, Why: []string{"strategy", "an outage", "a typo"}, rules: 1}
	var out bytes.Buffer
	if err := statusTable(&out, &reading{version: "v1.37.0"}, append(all, missing), 0); err != nil {
		t.Fatal(err)
	}
	const want = `
DEPLOYMENT            STATE      EXPOSURE  BEHIND       WHY
shop/a                guarded    service   Service web  -
shop/at-risk          at-risk    service   -            the sleep is short
shop/pending          pending    service   -            strategy, pre-stop
shop/pending-at-risk  at-risk    service   -            each rollout is an outage, and 2 more; pending: strategy, pre-stop
shop/unguarded        unguarded  -         -            strategy; at risk even then: an outage, and 1 more
5 Deployments: 1 guarded, 1 pending, 1 unguarded, 2 at-risk. Kubernetes v1.37.0.
`
	if diff := cmp.Diff(want[1:], out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
