package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/topology"
)

// profile is a whole one, but for what is replaced: pairs of old and new.
func profile(name string, replaced ...string) string {
	text := "{requestTimeout: 20s, shutdownMargin: 7s, propagationDelay: {service: 1s, albIP: 2s, albInstance: 3s}}"
	return "profiles: {" + name + ": " + strings.NewReplacer(replaced...).Replace(text) + "}\n"
}

func TestEveryWrongFieldIsNamed(t *testing.T) {
	const needed = ": Required value: a profile has all timings"
	for name, tc := range map[string]struct {
		text string
		want string
	}{
		"target type":                   {"defaultTargetType: pod\n", `defaultTargetType: Unsupported value: "pod": supported values: "ip", "instance"`},
		"pre-stop action":               {"preStopAction: http\n", `preStopAction: Unsupported value: "http": supported values: "auto", "sleep", "exec"`},
		"assumed exposure":              {"assumeExposure: alb-ip\n", `assumeExposure: Unsupported value: "alb-ip": supported values: "service", "none"`},
		"warnings":                      {"warnings: All\n", `warnings: Unsupported value: "All": supported values: "changes", "risks", "none"`},
		"the default repair":            {"repair: {default: all}\n", `repair.default: Unsupported value: "all": supported values: "report", "strategy", "rollout"`},
		"the most that is repaired":     {"repair: {atMost: none}\n", `repair.atMost: Unsupported value: "none"`},
		"repairs backwards":             {"repair: {perMinute: -1}\n", `repair.perMinute: Invalid value: -1: must be between 1 and 1000`},
		"no namespace":                  {"excludedNamespaces: [infra, kube_system]\n", `excludedNamespaces[1]: Invalid value: "kube_system"`},
		"an empty namespace":            {"excludedNamespaces: [\"\"]\n", `excludedNamespaces[0]: Invalid value: ""`},
		"a profile's name":              {profile("Fast"), `profiles[Fast]: Invalid value: "Fast"`},
		"no request timeout":            {profile("fast", "requestTimeout: 20s, ", ""), "profiles[fast].requestTimeout" + needed},
		"no shutdown margin":            {profile("fast", "7s", "null"), "profiles[fast].shutdownMargin" + needed},
		"no delay of services":          {profile("fast", "service: 1s, ", ""), "profiles[fast].propagationDelay.service" + needed},
		"no delay of ip targets":        {profile("fast", "albIP: 2s, ", ""), "profiles[fast].propagationDelay.albIP" + needed},
		"no delay of instance targets":  {profile("fast", ", albInstance: 3s", ""), "profiles[fast].propagationDelay.albInstance" + needed},
		"a sleep of less than a second": {"bounds: {maxPreStopSleep: 999ms}\n", `bounds.maxPreStopSleep: Invalid value: "999ms": must be between 1s and 24h`},
	} {
		_, err := config.Parse([]byte(header + tc.text))
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %s", name, err, tc.want)
		}
	}
}

func TestEachDurationHasItsLimits(t *testing.T) {
	least := map[string]string{
		"bounds.maxPreStopSleep": "1s", "bounds.maxGracePeriod": "1s", "bounds.maxStartupBudget": "1s", "bounds.maxMinReady": "1s",
		"profiles[fast].requestTimeout": "0s", "profiles[fast].shutdownMargin": "0s",
		"profiles[fast].propagationDelay.service": "0s", "profiles[fast].propagationDelay.albIP": "0s", "profiles[fast].propagationDelay.albInstance": "0s",
	}
	replaced := map[string]string{"requestTimeout": "20s", "shutdownMargin": "7s", "service": "1s", "albIP": "2s", "albInstance": "3s"}
	for path, from := range least {
		field := path[strings.LastIndex(path, ".")+1:]
		for value, want := range map[string]string{
			"-1s": "must be between " + from + " and 24h", "24h0m1s": "must be between " + from + " and 24h", "1.5s": "must be a whole number of seconds",
			"1s": "", "24h": "",
		} {
			text := "bounds: {" + field + ": " + value + "}\n"
			if old, ok := replaced[field]; ok {
				text = profile("fast", field+": "+old, field+": "+value)
			}
			_, err := config.Parse([]byte(header + text))
			if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), path+": Invalid value: ") || !strings.HasSuffix(err.Error(), want)) {
				t.Errorf("%s of %s: error %v, want %q", path, value, err, want)
			}
		}
	}
}

func TestAllThatIsWrongIsSaidAtOnceAndInTheSameOrder(t *testing.T) {
	text := header + "warnings: loud\nexcludedNamespaces: [A]\nbounds: {maxMinReady: -1s}\nprofiles: {zz: {}, aa: {}}\n"
	c, first := config.Parse([]byte(text))
	if c != nil || first == nil {
		t.Fatalf("configuration %+v, error %v", c, first)
	}
	at := 0
	for _, path := range []string{"warnings", "excludedNamespaces[0]", "profiles[aa].requestTimeout", "profiles[zz].propagationDelay.albInstance", "bounds.maxMinReady"} {
		next := strings.Index(first.Error()[at:], path+": ")
		if next < 0 {
			t.Fatalf("%s is missing, or not in its place: %v", path, first)
		}
		at += next
	}
	for range 20 {
		if _, again := config.Parse([]byte(text)); again.Error() != first.Error() {
			t.Fatalf("the order changes:\n%v\n%v", first, again)
		}
	}
}

func TestTheLimitsThemselvesAreAllowed(t *testing.T) {
	for name, text := range map[string]string{
		"timings of nothing":   profile("fast", "20s", "0s", "7s", "0s", "1s", "0s", "2s", "0s", "3s", "0s"),
		"timings of a day":     profile("fast", "20s", "24h", "7s", "24h"),
		"bounds of one second": "bounds: {maxPreStopSleep: 1s, maxGracePeriod: 1s, maxStartupBudget: 1s, maxMinReady: 1s}\n",
		"bounds of a day":      "bounds: {maxPreStopSleep: 24h, maxGracePeriod: 24h, maxStartupBudget: 24h, maxMinReady: 24h}\n",
	} {
		if _, err := config.Parse([]byte(header + text)); err != nil {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestTheResolverKnowsTheConfiguredProfilesAndBounds(t *testing.T) {
	c := parse(t, profile("fast")+"bounds: {maxPreStopSleep: 11s, maxGracePeriod: 12s, maxStartupBudget: 13s, maxMinReady: 14s}\n")
	settings, problems := config.Resolver(c).Resolve(map[string]string{"rollguard.io/profile": "fast"}, nil)
	if len(problems) > 0 {
		t.Errorf("problems %+v", problems)
	}
	got := []time.Duration{settings.Timing.RequestTimeout.Value, settings.Timing.ShutdownMargin.Value}
	if diff := cmp.Diff([]time.Duration{20 * time.Second, 7 * time.Second}, got); diff != "" {
		t.Errorf("timing, -want +got:\n%s", diff)
	}
	delays := api.Propagation{
		Service: time.Second, ALBIP: 2 * time.Second, ALBInstance: 3 * time.Second,
		NLBIP: 2 * time.Minute, NLBInstance: 25 * time.Second, // the defaults
	}
	if diff := cmp.Diff(delays, settings.Timing.Propagation.Value); diff != "" {
		t.Errorf("delays, -want +got:\n%s", diff)
	}
	bounds := api.Bounds{MaxPreStopSleep: 11 * time.Second, MaxGracePeriod: 12 * time.Second, MaxStartupBudget: 13 * time.Second, MaxMinReady: 14 * time.Second}
	if diff := cmp.Diff(bounds, settings.Bounds); diff != "" {
		t.Errorf("bounds, -want +got:\n%s", diff)
	}
}

func TestAConfiguredProfileReplacesTheBuiltInOne(t *testing.T) {
	settings, _ := config.Resolver(parse(t, profile("standard"))).Resolve(nil, nil)
	if got := settings.Timing.RequestTimeout.Value; got != 20*time.Second {
		t.Errorf("request timeout %s", got)
	}
}

func TestWithoutSettingsTheBoundsAreThoseOfTheCore(t *testing.T) {
	settings, _ := config.Resolver(parse(t, "")).Resolve(nil, nil)
	if diff := cmp.Diff(api.DefaultBounds(), settings.Bounds); diff != "" {
		t.Errorf("-core +configuration:\n%s", diff)
	}
}

func TestTheTopologyOptionsAreThoseOfTheController(t *testing.T) {
	c := parse(t, "ingressClassAnnotations: [internal, public]\ndefaultTargetType: ip\n")
	want := topology.Options{ClassAnnotations: []string{"internal", "public"}, DefaultTargetType: "ip"}
	if diff := cmp.Diff(want, config.Topology(c)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want = topology.Options{ClassAnnotations: []string{"alb"}, DefaultTargetType: "instance"}
	if diff := cmp.Diff(want, config.Topology(parse(t, ""))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheResolverKnowsTheLimitsOfRepairs(t *testing.T) {
	resolver := config.Resolver(parse(t, "repair: {default: strategy, atMost: strategy}\n"))
	silent, _ := resolver.Resolve(nil, nil)
	asking, problems := resolver.Resolve(map[string]string{"rollguard.io/repair": "rollout"}, nil)
	if silent.Repair.Value != api.RepairStrategy || asking.Repair.Value != api.RepairStrategy || len(problems) != 1 {
		t.Errorf("got %s, and where rollout is asked for %s with %v", silent.Repair.Value, asking.Repair.Value, problems)
	}
}
