package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rollguard/rollguard/pkg/metrics"
)

func TestPostureShowsTheLastCountsAndTheLastStatus(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	p, err := metrics.NewPosture(metrics.PostureOptions{
		Registerer: registry, States: []string{"guarded", "unguarded"}, Exposures: []string{"service"},
		RepairOutcomes: []string{"done"}, Statuses: []string{"ok", "unreachable"},
	})
	if err != nil {
		t.Fatal(err)
	}
	type kind = metrics.DeploymentKind
	p.Deployments(map[kind]int{{State: "guarded", Exposure: "service"}: 7})
	p.Deployments(map[kind]int{{State: "unguarded", Exposure: "service"}: 2, {State: "unguarded", Exposure: "shop/web"}: 1, {State: "no-such", Exposure: "x"}: 1})
	p.Repair("done")
	p.Repair("shop/web")
	p.SelfProbe("unreachable")
	p.SelfProbe("ok")
	p.Leads(true)
	p.Unread(3)
	p.ConfigurationDifferences(2)
	want := map[string]float64{
		"rollguard_deployments{exposure=service,state=unguarded}": 2,
		"rollguard_deployments{exposure=other,state=unguarded}":   1,
		"rollguard_deployments{exposure=other,state=other}":       1,
		"rollguard_repairs_total{outcome=done}":                   1,
		"rollguard_repairs_total{outcome=other}":                  1,
		"rollguard_self_probe_status{status=ok}":                  1,
		"rollguard_posture_leader{}":                              1,
		"rollguard_posture_unread_namespaces{}":                   3,
		"rollguard_webhook_configuration_differences{}":           2,
	}
	if diff := cmp.Diff(want, series(t, registry)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	p.SelfProbe("")
	p.Deployments(nil)
	p.Leads(false)
	for _, gone := range []string{"rollguard_self_probe_status{status=ok}", "rollguard_deployments{exposure=service,state=unguarded}", "rollguard_posture_leader{}"} {
		if v := series(t, registry)[gone]; v != 0 {
			t.Errorf("%s is still %v", gone, v)
		}
	}
}
