package topology_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/topology"
)

func TestWhatDecidesIsNamedFirstAndEachOnce(t *testing.T) {
	ingress := "shop/web"
	alb := topology.Route{Via: topology.ViaIngress, Ingress: &ingress, TargetType: topology.TargetIP}
	nlb := topology.Route{Via: topology.ViaService, Service: "edge", Balancer: topology.NLB, TargetType: topology.TargetInstance}
	plain := topology.Route{Via: topology.ViaService, Service: "edge"}
	for name, tt := range map[string]struct {
		exposure topology.Exposure
		want     []string
		behind   string
	}{
		"none":                          {topology.Exposure{Kind: topology.None}, []string{}, ""},
		"one with two ports":            {topology.Exposure{Kind: topology.ALBIP, Routes: []topology.Route{alb, alb}}, []string{"Ingress shop/web"}, "ALB Ingress shop/web (ip targets)"},
		"the one that decides is last":  {topology.Exposure{Kind: topology.NLBInstance, Routes: []topology.Route{alb, nlb}}, []string{"Service edge", "Ingress shop/web"}, "NLB Service edge (instance targets) and 1 more"},
		"a Service that is also an NLB": {topology.Exposure{Kind: topology.NLBInstance, Routes: []topology.Route{plain, nlb}}, []string{"Service edge"}, "NLB Service edge (instance targets)"},
		"an annotation decides":         {topology.Exposure{Kind: topology.ALBInstance, Routes: []topology.Route{alb, nlb}}, []string{"Ingress shop/web", "Service edge"}, "ALB Ingress shop/web (ip targets) and 1 more"},
	} {
		t.Run(name, func(t *testing.T) {
			got := tt.exposure.Fronts()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := tt.exposure.Behind(); got != tt.behind {
				t.Errorf("got %q, want %q", got, tt.behind)
			}
		})
	}
}
