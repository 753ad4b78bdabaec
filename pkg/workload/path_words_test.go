package workload_test

import (
	"testing"

	"github.com/rollguard/rollguard/pkg/workload"
)

func TestAFieldHasPlainWords(t *testing.T) {
	for p, want := range map[workload.Path]string{
		workload.MaxSurge:              "maxSurge",
		workload.MaxUnavailable:        "maxUnavailable",
		workload.MinReadySeconds:       "minReadySeconds",
		workload.ProgressDeadline:      "progressDeadlineSeconds",
		workload.GracePeriod:           "the grace period",
		workload.StartupProbe("app"):   "the startup probe in container app",
		workload.ReadinessProbe("app"): "the readiness probe in container app",
		workload.PreStop("a-b"):        "the preStop hook in container a-b",
		workload.Lifecycle("app"):      "the lifecycle in container app",
		"spec.replicas":                "spec.replicas",
	} {
		if got := p.Words(); got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
}
