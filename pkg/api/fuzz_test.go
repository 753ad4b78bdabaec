package api_test

import (
	"testing"
	"time"

	"github.com/rollguard/rollguard/pkg/api"
)

func FuzzAnyAnnotationTextGivesUsableSettings(f *testing.F) {
	for key, value := range examples {
		f.Add(key, value, true)
	}
	f.Add("allow-overrides", "false", true)
	f.Add("max-surge", "0%", false)
	f.Add("readiness-path", "/\x00", false)
	f.Add("ma\xffx", "\xff", false)
	resolver := api.NewResolver(nil, api.DefaultBounds())
	f.Fuzz(func(t *testing.T, key, value string, onNamespace bool) {
		annotations := map[string]string{api.Prefix + key: value}
		var settings api.Settings
		if onNamespace {
			settings, _ = resolver.Resolve(annotations, nil)
		} else {
			settings, _ = resolver.Resolve(nil, annotations)
		}
		checkUsable(t, settings)
	})
}

// checkUsable holds what the rules rely on without looking.
func checkUsable(t *testing.T, s api.Settings) {
	t.Helper()
	if s.Readiness.FailureThreshold.Value == nil {
		t.Error("the readiness probe has no failure threshold")
	}
	for _, p := range []api.Probe{s.Readiness, s.Startup} {
		if p.Period.Value < time.Second || p.Timeout.Value < time.Second || p.SuccessThreshold.Value < 1 {
			t.Errorf("probe %+v", p)
		}
		if path := p.Path.Value; path != "" && path[0] != '/' {
			t.Errorf("path %q", path)
		}
	}
	if s.Timing.RequestTimeout.Value < 0 || s.Timing.ShutdownMargin.Value < 0 {
		t.Errorf("timing %+v", s.Timing)
	}
	if s.Mode.Value != api.Fill && s.Mode.Value != api.Audit {
		t.Errorf("mode %q", s.Mode.Value)
	}
}
