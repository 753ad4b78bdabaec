package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
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
	table := statusTable{reading: &reading{version: "v1.37.0"}, rows: append(all, missing)}
	const want = `
STATE      DEPLOYMENT            EXPOSURE  BEHIND       WHY
guarded    shop/a                service   Service web  -
at-risk    shop/at-risk          service   -            the sleep is short
pending    shop/pending          service   -            strategy, preStop
at-risk    shop/pending-at-risk  service   -            each rollout is an outage, and 2 more; pending: strategy, preStop
unguarded  shop/unguarded        -         -            strategy; at risk even then: an outage, and 1 more
5 Deployments: 1 unguarded, 2 at-risk, 1 pending, 1 guarded. Kubernetes v1.37.0.
`
	if diff := cmp.Diff(want[1:], table.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestALongReasonIsCutOnATerminalAndWholeWhenWide(t *testing.T) {
	const first = "the sleep is much shorter than the load balancer needs to learn that the Pod goes"
	rows := []standing{{key: "shop/web", State: policy.Risky, Why: []string{first, "a typo"}}}
	short := statusTable{reading: &reading{version: "v1.37.0"}, rows: rows, width: 72}
	const want = `
STATE    DEPLOYMENT  EXPOSURE  BEHIND  WHY
at-risk  shop/web    -         -       the sleep is much shorter than...
1 Deployment: 1 at-risk. Kubernetes v1.37.0.
`
	if diff := cmp.Diff(want[1:], short.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	short.width = 50
	const card = `
at-risk  shop/web
  why: the sleep is much shorter than the load
    balancer needs to learn that the Pod goes; a
    typo
1 Deployment: 1 at-risk. Kubernetes v1.37.0.
`
	if diff := cmp.Diff(card[1:], short.String()); diff != "" {
		t.Errorf("a card has room for all of it, -want +got:\n%s", diff)
	}
	short.width = 0
	const piped = "the sleep is much shorter than the load balancer needs to learn that the Pod..., and 1 more\n"
	if got := short.String(); !strings.Contains(got, piped) {
		t.Errorf("a pipe gets all of it:\n%s", got)
	}
	wide := statusTable{reading: &reading{version: "v1.37.0"}, rows: rows, wide: true}
	if got := wide.String(); !strings.Contains(got, first+"; a typo\n") {
		t.Errorf("not all of it is said:\n%s", got)
	}
	wide.width = 72
	const broken = `
STATE    DEPLOYMENT  EXPOSURE  BEHIND  WHY
at-risk  shop/web    -         -       the sleep is much shorter than
                                       the load balancer needs to learn
                                       that the Pod goes; a typo
1 Deployment: 1 at-risk. Kubernetes v1.37.0.
`
	if diff := cmp.Diff(broken[1:], wide.String()); diff != "" {
		t.Errorf("wide on a terminal, -want +got:\n%s", diff)
	}
}

func TestThatNobodyCompletesAnythingStandsAtTheFoot(t *testing.T) {
	table := statusTable{reading: &reading{version: "v1.37.0", off: true}, namespace: live.Everywhere}
	const want = "0 Deployments. Kubernetes v1.37.0.\nThe webhook is not installed or switched off: nothing is completed until it is back.\n"
	if diff := cmp.Diff(want, table.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhatRollguardAddedToAnUnexposedDeploymentGoesAndThatIsSaid(t *testing.T) {
	v := surveyed("web", []policy.Change{{}})
	v.Decision.Exposure.Kind = topology.None
	if s := standingOf(v); s.State != policy.Unexposed || s.why(false) != "values of Rollguard's go at the next rollout" {
		t.Errorf("got %+v", s)
	}
	v.Decision.Changes = nil
	if s := standingOf(v); s.why(false) != "-" {
		t.Errorf("nothing of ours is there, and the reason is %q", s.why(false))
	}
}

func TestWhatWasAskedForAndCouldNotBeReadIsAFailure(t *testing.T) {
	r := &reading{set: manifest.NewSet(nil, manifest.Options{})}
	beside := []live.Gap{{What: "ingressclasses", Err: "forbidden"}}
	if err := statusCode(r, nil, beside); err != nil {
		t.Errorf("what stands beside: %v", err)
	}
	err := statusCode(r, []standing{{State: policy.Risky}}, append(beside, live.Gap{What: "namespace shop", Err: "forbidden", Asked: true}))
	if err == nil || errors.Is(err, errDiffers) || !strings.Contains(err.Error(), "namespace shop") {
		t.Errorf("got %v", err)
	}
}

func TestNamespacesThatAreNotEnabledAreCountedWithTheWayToSeeThem(t *testing.T) {
	for disabled, want := range map[int]string{
		0: "0 Deployments. Kubernetes v1.37.0.",
		1: "0 Deployments; 1 namespace is not enabled, and rollguard audit -A shows what is in it. Kubernetes v1.37.0.",
		5: "0 Deployments; 5 namespaces are not enabled, and rollguard audit -A shows what is in them. Kubernetes v1.37.0.",
	} {
		table := statusTable{reading: &reading{version: "v1.37.0"}, disabled: disabled, namespace: live.Everywhere}
		if got := table.summary(); got != want {
			t.Errorf("got %s", got)
		}
	}
}
