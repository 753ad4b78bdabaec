package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
)

func TestTheStrongestSourceWins(t *testing.T) {
	profiles := map[string]api.Profile{
		"slow": {RequestTimeout: 60 * time.Second, ShutdownMargin: 20 * time.Second},
	}
	resolver := api.NewResolver(profiles, api.DefaultBounds())
	for _, tc := range []struct {
		name                  string
		namespace, deployment map[string]string
		want                  time.Duration
		source                string
	}{
		{"with nothing said, the standard profile counts", nil, nil, 15 * time.Second, "profile standard"},
		{"a namespace chooses a profile", map[string]string{"profile": "slow"}, nil, 60 * time.Second, "profile slow"},
		{"a deployment's profile beats the namespace's", map[string]string{"profile": "slow"}, map[string]string{"profile": "careful"}, 15 * time.Second, "profile careful"},
		{"a namespace annotation beats the profile", map[string]string{"profile": "slow", "request-timeout": "5s"}, nil, 5 * time.Second, "namespace annotation rollguard.io/request-timeout"},
		{"a namespace annotation beats a deployment's profile", map[string]string{"request-timeout": "5s"}, map[string]string{"profile": "slow"}, 5 * time.Second, "namespace annotation rollguard.io/request-timeout"},
		{"a deployment annotation beats the namespace's", map[string]string{"request-timeout": "5s"}, map[string]string{"request-timeout": "7s"}, 7 * time.Second, "deployment annotation rollguard.io/request-timeout"},
		{"a bad deployment annotation leaves the namespace's", map[string]string{"request-timeout": "5s"}, map[string]string{"request-timeout": "soon"}, 5 * time.Second, "namespace annotation rollguard.io/request-timeout"},
		{"an unknown deployment profile leaves the namespace's", map[string]string{"profile": "slow"}, map[string]string{"profile": "fast"}, 60 * time.Second, "profile slow"},
		{"where overrides are not allowed, the namespace's counts", map[string]string{"allow-overrides": "false", "request-timeout": "5s"}, map[string]string{"request-timeout": "7s", "profile": "slow"}, 5 * time.Second, "namespace annotation rollguard.io/request-timeout"},
		{"where overrides are not allowed, a deployment's profile does not count", map[string]string{"allow-overrides": "false"}, map[string]string{"profile": "slow"}, 15 * time.Second, "profile standard"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			settings, _ := resolver.Resolve(prefixed(tc.namespace), prefixed(tc.deployment))
			got := settings.Timing.RequestTimeout
			if got.Value != tc.want || got.Source.String() != tc.source {
				t.Errorf("got %s from %s, want %s from %s", got.Value, got.Source, tc.want, tc.source)
			}
		})
	}
}

func TestABuiltInDefaultSaysSo(t *testing.T) {
	settings, problems := resolve(nil, nil)
	if got := settings.MaxSurge.Source.String(); got != "built-in default" {
		t.Errorf("source %q", got)
	}
	if settings.MaxSurge.Asked() || settings.Timing.RequestTimeout.Asked() {
		t.Error("a default counts as asked for")
	}
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
}

func TestAnAnnotationCountsAsAskedOnBothObjects(t *testing.T) {
	onNamespace, _ := resolve(map[string]string{"max-surge": "2"}, nil)
	onDeployment, _ := resolve(nil, map[string]string{"max-surge": "2"})
	if !onNamespace.MaxSurge.Asked() || !onDeployment.MaxSurge.Asked() {
		t.Error("an annotation does not count as asked for")
	}
}

func TestTheContractsDefaultsHold(t *testing.T) {
	settings, _ := resolve(nil, nil)
	want := map[string]string{
		"mode": "fill", "profile": "standard", "exposure": "auto", "keep": "[]", "keep-reason": "", "container": "",
		"max-surge": "25%", "max-unavailable": "0",
		"request-timeout": "15s", "shutdown-margin": "10s", "propagation-delay": "{5s 5s 25s 2m0s 25s}",
		"drains-on-sigterm": "false", "pre-stop-sleep": "derived", "grace-period": "derived",
		"readiness-probe": "auto", "readiness-path": "", "readiness-port": "derived",
		"readiness-period": "1s", "readiness-timeout": "3s", "readiness-success-threshold": "3", "readiness-failure-threshold": "5",
		"startup-probe": "auto", "startup-path": "", "startup-port": "derived",
		"startup-period": "5s", "startup-timeout": "3s", "startup-failure-threshold": "derived", "startup-budget": "derived",
		"min-ready": "derived", "rollout": "next", "repair": "report", "owned": "false",
	}
	if diff := cmp.Diff(want, show(settings)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheProfilesHaveTheFiguresOfTheDesign(t *testing.T) {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	want := map[string]api.Profile{
		"standard": {RequestTimeout: seconds(15), ShutdownMargin: seconds(10), Propagation: api.Propagation{Service: seconds(5), ALBIP: seconds(5), ALBInstance: seconds(25), NLBIP: seconds(120), NLBInstance: seconds(25)}},
		"careful":  {RequestTimeout: seconds(15), ShutdownMargin: seconds(15), Propagation: api.Propagation{Service: seconds(10), ALBIP: seconds(20), ALBInstance: seconds(45), NLBIP: seconds(200), NLBInstance: seconds(45)}},
	}
	if diff := cmp.Diff(want, api.BuiltInProfiles()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAConfiguredProfileBeatsTheBuiltInOneOfItsName(t *testing.T) {
	resolver := api.NewResolver(map[string]api.Profile{"standard": {RequestTimeout: time.Second}}, api.DefaultBounds())
	settings, _ := resolver.Resolve(nil, nil)
	if got := settings.Timing.RequestTimeout.Value; got != time.Second {
		t.Errorf("request timeout %s", got)
	}
}

func TestAResolverCanBeUsedAgain(t *testing.T) {
	resolver := api.NewResolver(nil, api.DefaultBounds())
	first, _ := resolver.Resolve(nil, nil)
	resolver.Resolve(prefixed(map[string]string{"readiness-failure-threshold": "9", "keep": "strategy"}), nil)
	again, _ := resolver.Resolve(nil, nil)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("one call changed the next:\n%s", diff)
	}
}
