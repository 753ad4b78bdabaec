package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/rollout"
)

func plans(t *testing.T) []Plan {
	t.Helper()
	var out []Plan
	for _, name := range Names() {
		p, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestEveryTrialHasManifests(t *testing.T) {
	for _, p := range plans(t) {
		for _, b := range p.Batches {
			for _, e := range b.Entries {
				if _, err := e.Trial.Objects("somewhere"); err != nil {
					t.Errorf("%s, %s: %v", p.Name, b.Title, err)
				}
			}
		}
	}
}

func TestABatchAsksNoMoreThanASmallMachineCarries(t *testing.T) {
	for _, p := range plans(t) {
		for _, b := range p.Batches {
			requests, pods := 0, 0
			for _, e := range b.Entries {
				requests += e.Trial.Load.Rate
				if e.Trial.Replicas == 0 {
					e.Trial.Replicas = 8
				}
				pods += int(e.Trial.Replicas)
			}
			if requests > 800 || pods > 130 {
				t.Errorf("%s, %s: %d requests a second to %d Pods", p.Name, b.Title, requests, pods)
			}
		}
		if d := p.Expected(); d > 75*time.Minute {
			t.Errorf("%s takes %s", p.Name, d)
		}
	}
}

func TestRepetitionsDifferInTheSeedAndNothingElse(t *testing.T) {
	full := Full()
	seeds := map[uint64]string{}
	first := map[string]rollout.Trial{}
	for _, b := range full.Batches {
		for _, e := range b.Entries {
			name := e.Trial.Group + "/" + e.Trial.Name
			if other, ok := seeds[e.Trial.Model.Seed]; ok {
				t.Errorf("%s and %s have one seed", name, other)
			}
			seeds[e.Trial.Model.Seed] = name
			one, ok := first[name]
			if !ok {
				first[name] = e.Trial
				continue
			}
			one.Model.Seed = e.Trial.Model.Seed
			a, _ := one.Objects("x")
			b, _ := e.Trial.Objects("x")
			if string(a.Namespace) != string(b.Namespace) || string(a.Deployment) != string(b.Deployment) || one.Load != e.Trial.Load {
				t.Errorf("%s: repetitions differ", name)
			}
		}
	}
}

func TestRollguardsArmHasTheManifestOfPlain(t *testing.T) {
	full := Full()
	manifests := map[string]string{}
	for _, e := range full.Batches[0].Entries {
		o, err := e.Trial.Objects("shop")
		if err != nil {
			t.Fatal(err)
		}
		manifests[e.Trial.Name] = string(o.Deployment)
	}
	if manifests["plain"] != manifests["rollguard"] || !strings.Contains(manifests["plain"], "kind: Deployment") {
		t.Error("the Deployments differ")
	}
}
