package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/api"
)

// resolve reads annotations given without their prefix.
func resolve(namespace, deployment map[string]string) (api.Settings, []api.Problem) {
	return api.NewResolver(nil, api.DefaultBounds()).Resolve(prefixed(namespace), prefixed(deployment))
}

func prefixed(annotations map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range annotations {
		out[api.Prefix+key] = value
	}
	return out
}

// show prints a setting as a person would write it.
func show(s api.Settings) map[string]string {
	text := func(v any) string { return fmt.Sprint(v) }
	out := map[string]string{
		"mode": text(s.Mode.Value), "profile": s.Profile.Value, "exposure": s.Exposure.Value,
		"keep": text(s.Keep.Value), "keep-reason": s.KeepReason.Value, "container": s.Container.Value,
		"max-surge": s.MaxSurge.Value.String(), "max-unavailable": s.MaxUnavailable.Value.String(),
		"request-timeout":   text(s.Timing.RequestTimeout.Value),
		"propagation-delay": text(s.Timing.Propagation.Value),
		"shutdown-margin":   text(s.Timing.ShutdownMargin.Value),
		"drains-on-sigterm": text(s.Timing.DrainsOnSIGTERM.Value),
		"pre-stop-sleep":    pointee(s.Timing.PreStopSleep.Value),
		"grace-period":      pointee(s.Timing.GracePeriod.Value),
		"min-ready":         pointee(s.MinReady.Value),
		"rollout":           text(s.Rollout.Value), "owned": text(s.MutateOwned.Value),
		"repair":                      text(s.Repair.Value),
		"readiness-success-threshold": text(s.Readiness.SuccessThreshold.Value),
		"startup-budget":              pointee(s.Startup.Budget.Value),
	}
	for name, p := range map[string]api.Probe{"readiness": s.Readiness, "startup": s.Startup} {
		out[name+"-probe"] = text(p.Kind.Value)
		out[name+"-path"] = p.Path.Value
		out[name+"-port"] = pointee(p.Port.Value)
		out[name+"-period"] = text(p.Period.Value)
		out[name+"-timeout"] = text(p.Timeout.Value)
		out[name+"-failure-threshold"] = pointee(p.FailureThreshold.Value)
	}
	return out
}

func pointee[T any](p *T) string {
	if p == nil {
		return "derived"
	}
	if s, ok := any(p).(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprint(*p)
}

func TestAGoodValueIsUsed(t *testing.T) {
	for _, tc := range []struct{ key, value, want string }{
		{"mode", "audit", "audit"},
		{"profile", "careful", "careful"},
		{"exposure", "alb-instance", "alb-instance"},
		{"keep", "strategy, pre-stop,,min-ready", "[strategy pre-stop min-ready]"},
		{"keep", "", "[]"},
		{"keep-reason", "a database's own rollout", "a database's own rollout"},
		{"container", "app-1", "app-1"},
		{"max-surge", "3", "3"},
		{"max-surge", "100%", "100%"},
		{"max-surge", "150%", "150%"},
		{"max-unavailable", "10%", "10%"},
		{"max-unavailable", "1", "1"},
		{"request-timeout", "1m30s", "1m30s"},
		{"request-timeout", "0s", "0s"},
		{"propagation-delay", "7s", "{7s 7s 7s 7s 7s}"},
		{"shutdown-margin", "24h", "24h0m0s"},
		{"drains-on-sigterm", "true", "true"},
		{"pre-stop-sleep", "25s", "25s"},
		{"grace-period", "1m", "1m0s"},
		{"min-ready", "auto", "derived"},
		{"min-ready", "0s", "0s"},
		{"min-ready", "40s", "40s"},
		{"rollout", "immediate", "immediate"},
		{"owned", "mutate", "true"},
		{"owned", "skip", "false"},
		{"readiness-probe", "grpc", "grpc"},
		{"startup-probe", "none", "none"},
		{"readiness-path", "/health?deep=1", "/health?deep=1"},
		{"readiness-port", "8080", "8080"},
		{"startup-port", "http", "http"},
		{"startup-period", "10s", "10s"},
		{"readiness-timeout", "1s", "1s"},
		{"readiness-success-threshold", "1", "1"},
		{"startup-failure-threshold", "720", "720"},
		{"startup-budget", "5m", "5m0s"},
	} {
		t.Run(tc.key+" "+tc.value, func(t *testing.T) {
			settings, problems := resolve(nil, map[string]string{tc.key: tc.value})
			if got := show(settings)[tc.key]; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if len(problems) > 0 {
				t.Errorf("problems: %v", problems)
			}
		})
	}
}

func TestABadValueIsReportedAndChangesNothing(t *testing.T) {
	untouched, _ := resolve(nil, nil)
	for _, tc := range []struct{ key, value, reason string }{
		{"mode", "Fill", "is none of fill, enforce, audit; did you mean fill?"},
		{"mode", "", "is none of"},
		{"profile", "carfeul", "is none of careful, standard; did you mean careful?"},
		{"exposure", "alb", "is none of auto, alb-ip"},
		{"keep", "strategy,prestop", `names rule "prestop", which does not exist; did you mean pre-stop?`},
		{"keep", "prestop", "did you mean pre-stop?"},
		{"keep", "strategy,minReadySeconds", `names rule "minReadySeconds", which does not exist; did you mean min-ready?`},
		{"keep", "min-ready-seconds", "did you mean min-ready?"},
		{"keep", "terminationGracePeriodSeconds", `names rule "terminationGraceP…", which does not exist; did you mean grace-period?`},
		{"keep", "grace", "did you mean grace-period?"},
		{"keep", "progressDeadlineSeconds", "did you mean progress-deadline?"},
		{"keep", "maxUnavailable", "did you mean strategy?"},
		{"keep", "max-surge", "did you mean strategy?"},
		{"keep", "rollingUpdate", "did you mean strategy?"},
		{"keep", "lifecycle", "did you mean pre-stop?"},
		{"keep", "preStopSleep", "did you mean pre-stop?"},
		{"keep", "readinessProbe", "did you mean readiness-probe?"},
		{"keep", "readiness", "did you mean readiness-probe?"},
		{"keep", "startup", "did you mean startup-probe?"},
		{"container", "App", "is not a container name"},
		{"container", "a/b", "is not a container name"},
		{"max-surge", "-1", "is neither a count"},
		{"max-surge", "25 %", "is neither a count"},
		{"max-surge", "025%", "is neither a count"},
		{"max-surge", "+3", "is neither a count"},
		{"max-surge", "2.5", "is neither a count"},
		{"max-surge", "99999999999", "is neither a count"},
		{"max-surge", "0", "must not be zero"},
		{"max-surge", "0%", "must not be zero"},
		{"max-unavailable", "101%", "is more than 100%"},
		{"max-unavailable", "many", "is neither a count"},
		{"request-timeout", "15", "is not a duration such as 15s"},
		{"request-timeout", "-1s", "is negative"},
		{"request-timeout", "1500ms", "is not a whole number of seconds"},
		{"request-timeout", "24h1s", "is longer than a day"},
		{"propagation-delay", "soon", "is not a duration"},
		{"shutdown-margin", "", "is not a duration"},
		{"drains-on-sigterm", "yes", "is neither true nor false"},
		{"pre-stop-sleep", "0s", "must be at least 1s"},
		{"grace-period", "0s", "must be at least 1s"},
		{"min-ready", "Auto", "is not a duration"},
		{"rollout", "now", "is none of next, immediate"},
		{"owned", "true", "is none of mutate, skip"},
		{"readiness-probe", "https", "did you mean http?"},
		{"readiness-path", "health", "does not start with /"},
		{"readiness-path", "/a b", "holds a blank or a control character"},
		{"startup-path", "/a\r\nHost: x", "holds a blank or a control character"},
		{"readiness-port", "0", "is not a port number between 1 and 65535"},
		{"readiness-port", "65536", "is not a port number between 1 and 65535"},
		{"readiness-port", "HTTP", "is neither a port number nor a port name"},
		{"readiness-period", "0s", "must be at least 1s"},
		{"startup-timeout", "1", "is not a duration"},
		{"readiness-success-threshold", "0", "is not a number between 1 and 10000"},
		{"startup-failure-threshold", "10001", "is not a number between 1 and 10000"},
		{"startup-budget", "1w", "is not a duration"},
		{"keep-reason", strings.Repeat("x", 1025), "longer than 1024 bytes"},
	} {
		t.Run(tc.key+" "+tc.value[:min(len(tc.value), 20)], func(t *testing.T) {
			settings, problems := resolve(nil, map[string]string{tc.key: tc.value})
			if len(problems) != 1 {
				t.Fatalf("problems: %v, want one", problems)
			}
			p := problems[0]
			if p.Kind != api.BadValue || p.Layer != api.LayerDeployment || p.Key != api.Prefix+tc.key {
				t.Errorf("problem %+v", p)
			}
			if !strings.Contains(p.Message, tc.reason) || !strings.HasPrefix(p.Message, "deployment annotation "+p.Key+" is ignored") {
				t.Errorf("message %q lacks %q", p.Message, tc.reason)
			}
			if diff := cmp.Diff(untouched, settings); diff != "" {
				t.Errorf("settings changed:\n%s", diff)
			}
		})
	}
}
