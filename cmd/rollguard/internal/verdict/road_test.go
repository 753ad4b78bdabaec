package verdict

import (
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// TestTheRoadIsTheSameWhetherOrNotRollguardGoesBesideIt: what leads to a Deployment does not
// hang on whether it is guarded, and who is told "none" looks for a mistake that is not there.
func TestTheRoadIsTheSameWhetherOrNotRollguardGoesBesideIt(t *testing.T) {
	const record = `annotations: {rollguard.io/injected: '{"spec.strategy.rollingUpdate.maxUnavailable":0}'}`
	tests := map[string]struct {
		metadata string
		state    policy.State
		kind     topology.Kind
	}{
		"it is guarded":                {`{name: web}`, policy.Unguarded, topology.Service},
		"it opted out":                 {`{name: web, labels: {rollguard.io/inject: disabled}}`, policy.Exempt, topology.Service},
		"it opted out after a rollout": {`{name: web, labels: {rollguard.io/inject: disabled}, ` + record + `}`, policy.Exempt, topology.Service},
		"it is owned": {
			`{name: web, ownerReferences: [{apiVersion: v1, kind: App, name: a, uid: u, controller: true}]}`, policy.Exempt, topology.Service,
		},
		"it is owned, and says how it is exposed": {
			`{name: web, annotations: {rollguard.io/exposure: alb-ip}, ownerReferences: [{apiVersion: v1, kind: App, name: a, uid: u, controller: true}]}`, policy.Exempt, topology.ALBIP,
		},
		"it is being deleted": {`{name: web, deletionTimestamp: "2026-01-01T00:00:00Z"}`, policy.Exempt, topology.Service},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v := judge(t, service+"metadata: "+tt.metadata+"\nspec:\n  strategy: {rollingUpdate: {maxUnavailable: 0}}"+template)
			if v.Err != nil {
				t.Fatal(v.Err)
			}
			if v.Decision.State() != tt.state || v.Decision.Exposure.Kind != tt.kind || len(v.Decision.Exposure.Routes) != 1 {
				t.Errorf("%s, exposure %q, %d routes", v.Decision.State(), v.Decision.Exposure.Kind, len(v.Decision.Exposure.Routes))
			}
			if v.Decision.Computed.Propagation == 0 {
				t.Error("how long it takes until nothing is sent any more is not known")
			}
			if tt.state == policy.Exempt && len(v.Patch) > 0 {
				t.Errorf("it is left alone, and would be patched: %v", v.Patch)
			}
		})
	}
}
