package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
)

func TestAValueBeyondTheBoundsIsClampedAndReported(t *testing.T) {
	for _, tc := range []struct{ key, value, want string }{
		{"pre-stop-sleep", "6m", "5m0s"},
		{"grace-period", "16m", "15m0s"},
		{"startup-budget", "2h", "1h0m0s"},
		{"min-ready", "11m", "10m0s"},
	} {
		t.Run(tc.key, func(t *testing.T) {
			settings, problems := resolve(map[string]string{tc.key: tc.value}, nil)
			if got := show(settings)[tc.key]; got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if len(problems) != 1 || problems[0].Kind != api.OutOfBounds || problems[0].Layer != api.LayerNamespace || problems[0].Key != api.Prefix+tc.key {
				t.Fatalf("problems: %+v", problems)
			}
			if !strings.Contains(problems[0].Message, "more than the administrator allows; "+tc.want+" is used") {
				t.Errorf("message %q", problems[0].Message)
			}
		})
	}
}

func TestAttemptsBeyondTheStartupBudgetAreLimited(t *testing.T) {
	settings, problems := resolve(map[string]string{"startup-period": "24h", "startup-failure-threshold": "10000"}, nil)
	if got := show(settings)["startup-failure-threshold"]; got != "1" {
		t.Errorf("got %s attempts", got)
	}
	if len(problems) != 1 || problems[0].Kind != api.OutOfBounds || !strings.Contains(problems[0].Message, "10000 attempts every 24h0m0s") {
		t.Errorf("problems: %+v", problems)
	}
}

func TestAValueAtTheBoundIsTaken(t *testing.T) {
	settings, problems := resolve(nil, map[string]string{"pre-stop-sleep": "5m", "grace-period": "15m", "startup-budget": "1h", "min-ready": "10m"})
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	if got := show(settings)["grace-period"]; got != "15m0s" {
		t.Errorf("grace period %s", got)
	}
}

func TestABoundOfZeroIsNoBound(t *testing.T) {
	resolver := api.NewResolver(nil, api.Bounds{})
	settings, problems := resolver.Resolve(nil, prefixed(map[string]string{"pre-stop-sleep": "20h"}))
	if len(problems) > 0 || *settings.Timing.PreStopSleep.Value != 20*time.Hour {
		t.Errorf("problems %v, sleep %s", problems, *settings.Timing.PreStopSleep.Value)
	}
}

func TestTheSettingsCarryTheBounds(t *testing.T) {
	settings, _ := resolve(nil, nil)
	if diff := cmp.Diff(api.DefaultBounds(), settings.Bounds); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
