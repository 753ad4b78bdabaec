package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
)

// examples are values that differ from the default, one for each annotation that
// sets something.
var examples = map[string]string{
	"mode": "audit", "profile": "careful", "exposure": "alb-ip", "keep": "strategy", "keep-reason": "why",
	"container": "app", "max-surge": "2", "max-unavailable": "1", "request-timeout": "1s",
	"propagation-delay": "1s", "shutdown-margin": "1s", "drains-on-sigterm": "true", "pre-stop-sleep": "1s",
	"grace-period": "1s", "readiness-probe": "tcp", "startup-probe": "tcp", "readiness-path": "/", "startup-path": "/",
	"readiness-port": "1", "startup-port": "1", "readiness-period": "2s", "startup-period": "2s",
	"readiness-timeout": "2s", "startup-timeout": "2s", "readiness-success-threshold": "2",
	"readiness-failure-threshold": "2", "startup-failure-threshold": "2", "startup-budget": "2s",
	"min-ready": "1s", "rollout": "immediate", "owned": "mutate",
	"repair": "strategy",
}

// silent are the annotations that change no setting by themselves.
var silent = map[string]string{"allow-overrides": "false", "injected": "{}", "repaired": "strategy 1"}

func TestEveryAnnotationCanBeSetWhereTheTableSaysSo(t *testing.T) {
	untouched, _ := resolve(nil, nil)
	for _, a := range api.Annotations() {
		value, sets := examples[a.Key]
		if !sets {
			value = silent[a.Key]
		}
		if value == "" {
			t.Errorf("%s has no example in this test", a.Key)
		}
		check := func(allowed bool, place string, namespace, deployment map[string]string) {
			settings, problems := resolve(namespace, deployment)
			if allowed != (len(problems) == 0) {
				t.Errorf("%s on the %s: allowed %t, problems %v", a.Key, place, allowed, problems)
			}
			if changed := !cmp.Equal(untouched, settings); changed != (allowed && sets) {
				t.Errorf("%s on the %s: settings changed: %t", a.Key, place, changed)
			}
		}
		check(a.OnNamespace, "namespace", map[string]string{a.Key: value}, nil)
		check(a.OnDeployment, "deployment", nil, map[string]string{a.Key: value})
	}
}

func TestEveryAnnotationIsExplained(t *testing.T) {
	for _, a := range api.Annotations() {
		if a.Values == "" || !strings.HasSuffix(a.Help, ".") || !a.OnNamespace && !a.OnDeployment {
			t.Errorf("%s: values %q, help %q, namespace %t, deployment %t", a.Key, a.Values, a.Help, a.OnNamespace, a.OnDeployment)
		}
	}
}

func TestNoAnnotationIsListedTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range api.Annotations() {
		if seen[a.Key] {
			t.Errorf("%s is listed twice", a.Key)
		}
		seen[a.Key] = true
	}
}

func TestTheExamplesCoverNothingThatDoesNotExist(t *testing.T) {
	known := map[string]bool{}
	for _, a := range api.Annotations() {
		known[a.Key] = true
	}
	for key := range examples {
		if !known[key] {
			t.Errorf("%s is no annotation any more", key)
		}
	}
}

func TestEveryRuleNameCanBeKept(t *testing.T) {
	for _, rule := range api.Rules() {
		settings, problems := resolve(nil, map[string]string{"keep": string(rule)})
		if len(problems) > 0 || !settings.Keeps(rule) {
			t.Errorf("keep: %s: problems %v", rule, problems)
		}
	}
	if settings, _ := resolve(nil, map[string]string{"keep": "strategy"}); settings.Keeps(api.RulePreStop) {
		t.Error("keeping one rule keeps another")
	}
}
