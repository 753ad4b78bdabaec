package chart

import (
	"bytes"
	"slices"
	"testing"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/policy"
)

// TestRollguardAsksNothingOfOthersThatItDoesNotDoItself: an audit of the whole cluster shows
// its own Deployment too.
func TestRollguardAsksNothingOfOthersThatItDoesNotDoItself(t *testing.T) {
	for _, v := range variants {
		// On the host network, or without a native sleep, it cannot; and what somebody sets is his.
		if !slices.Contains([]string{"default", "everything on", "cert-manager", "files"}, v.name) {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			file, err := manifest.Read(v.name, bytes.NewReader(render(t, v.flags...)))
			if err != nil {
				t.Fatal(err)
			}
			set := manifest.NewSet([]*manifest.File{file}, manifest.Options{Namespace: "rollguard"})
			if len(set.Deployments) != 1 {
				t.Fatalf("%d Deployments, %v", len(set.Deployments), set.Errors)
			}
			d := set.Deployments[0]
			made, err := decision.NewMaker(api.NewResolver(nil, api.DefaultBounds())).Make(&decision.Request{
				New: d.JSON, Graph: set.Graph(d.Namespace), Room: set.Room(d.Namespace), Manifest: true, NativeSleep: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(made.Exposure.Routes) == 0 {
				t.Fatal("nothing leads to it, so nothing is asked of it")
			}
			if risks := made.Risks(); len(risks) > 0 {
				t.Errorf("at risk: %v", risks)
			}
			if rules := made.ChangedRules(); made.State() == policy.Unguarded {
				t.Errorf("it lacks %v", rules)
			}
		})
	}
}
