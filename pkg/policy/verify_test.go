package policy_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
)

func TestAChangeThatWouldBeRefusedIsFound(t *testing.T) {
	rolling := func(surge, unavailable any) string {
		return put(t, put(t, bare, surge, "spec", "strategy", "rollingUpdate", "maxSurge"), unavailable, "spec", "strategy", "rollingUpdate", "maxUnavailable")
	}
	probe := func(field string, handlers ...string) string {
		out := bare
		for _, h := range handlers {
			out = inContainer(t, out, map[string]any{"port": 1}, field, h)
		}
		return out
	}
	for _, tc := range []struct{ name, after, reason string }{
		{"both zero", rolling(0, 0), "maxSurge and maxUnavailable are both 0"},
		{"both zero in other words", rolling("00%", "0%"), "maxSurge and maxUnavailable are both 0"},
		{"minReady at the deadline", put(t, bare, 600, "spec", "minReadySeconds"), "progressDeadlineSeconds is not above minReadySeconds"},
		{"a startup probe with two handlers", probe("startupProbe", "httpGet", "tcpSocket"), "the startup probe needs exactly one handler"},
		{"a readiness probe with two handlers", probe("readinessProbe", "grpc", "tcpSocket"), "the readiness probe needs exactly one handler"},
		{"a readiness probe without a handler", inContainer(t, bare, map[string]any{"periodSeconds": 1}, "readinessProbe"), "the readiness probe needs exactly one handler"},
		{"a hook with two handlers", inContainer(t, bare, hook(`{"sleep":{"seconds":1},"exec":{"command":["x"]}}`), "lifecycle"), "the preStop hook needs exactly one handler"},
		{"a hook without a handler", inContainer(t, bare, hook(`{}`), "lifecycle"), "the preStop hook needs exactly one handler"},
		{"a sleep longer than the grace period", inContainer(t, bare, hook(`{"sleep":{"seconds":31}}`), "lifecycle"), "the preStop sleep is longer than the grace period"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := policy.Verify(read(t, bare), read(t, tc.after))
			if err == nil || !strings.Contains(err.Error(), tc.reason) {
				t.Errorf("error %v lacks %q", err, tc.reason)
			}
			if err := policy.Verify(read(t, tc.after), read(t, tc.after)); err != nil {
				t.Errorf("what was wrong already is blamed on us: %v", err)
			}
		})
	}
}

func TestAChangeThatIsFineIsNotRefused(t *testing.T) {
	after := inContainer(t, bare, hook(`{"sleep":{"seconds":30}}`), "lifecycle")
	after = put(t, after, 599, "spec", "minReadySeconds")
	if err := policy.Verify(read(t, bare), read(t, after)); err != nil {
		t.Error(err)
	}
}
