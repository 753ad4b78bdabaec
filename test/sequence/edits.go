package sequence

import (
	"strings"

	"github.com/rollguard/rollguard/pkg/api"
)

// The values that authors write differ from all that Rollguard writes: where they are
// equal the record says that a value is ours, and nobody can tell (decisions.md 3:
// "ours: the record says we wrote it and the value still is what we wrote"). Open: a
// grace period of 30, the API's default, that is written out above ours. Server-side
// apply then owns a field whose value is not its own.

// edit is a field that authors write, and the values that they write there.
type edit struct {
	path   string
	values []any
}

const container = "spec template spec containers app "

// templateEdits change the author's Pod template.
func templateEdits() []edit {
	return []edit{
		{container + "image", []any{"app:1", "app:2", "app:3"}},
		{container + "env", []any{[]any{object{"name": "A", "value": "1"}}, []any{object{"name": "A", "value": "2"}}}},
		{container + "resources", []any{object{"limits": object{"memory": "1Gi"}}, object{"limits": object{"memory": "2Gi"}}}},
		{container + "livenessProbe", []any{object{"tcpSocket": object{"port": int64(8080)}}, object{"exec": object{"command": []any{"/alive"}}}}},
		{container + "lifecycle postStart", []any{object{"exec": object{"command": []any{"/warm"}}}}},
		{"spec template metadata labels version", []any{"1", "2"}},
		{"spec template metadata annotations kubectl.kubernetes.io/restartedAt", []any{"monday", "tuesday", "friday"}},
		{container + "readinessProbe", probes()},
		{container + "readinessProbe", probes()},
		{container + "startupProbe", probes()},
		{container + "lifecycle preStop", hooks()},
		{container + "lifecycle preStop", hooks()},
		{"spec template spec terminationGracePeriodSeconds", numbers(8, 15, 30, 33, 47, 77)},
		{"spec template spec terminationGracePeriodSeconds", numbers(8, 15, 30, 33, 47, 77)},
	}
}

func probes() []any {
	return []any{
		object{"httpGet": object{"path": "/mine", "port": int64(8081)}},
		object{"httpGet": object{"path": "/own", "port": int64(8081)}, "periodSeconds": int64(7), "failureThreshold": int64(4)},
		object{"tcpSocket": object{"port": int64(8081)}},
		object{"tcpSocket": object{"port": int64(8082)}, "timeoutSeconds": int64(2)},
		object{"exec": object{"command": []any{"/check"}}},
	}
}

func hooks() []any {
	command := func(words ...any) any { return object{"exec": object{"command": words}} }
	return []any{
		object{"sleep": object{"seconds": int64(3)}}, object{"sleep": object{"seconds": int64(9)}},
		command("/drain"), command("sleep", "6"), command("sh", "-c", "sleep 9"),
	}
}

func numbers(list ...int64) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

func words(list ...string) []any {
	out := make([]any, len(list))
	for i, w := range list {
		out[i] = w
	}
	return out
}

// otherEdits leave the Pod template as it is.
func otherEdits() []edit {
	const rolling = "spec strategy rollingUpdate "
	list := []edit{
		{rolling + "maxSurge", []any{int64(0), int64(1), "25%", "50%"}},
		{rolling + "maxUnavailable", []any{int64(0), int64(1), "25%", "50%"}},
		{"spec minReadySeconds", numbers(5, 19, 60)},
		{"spec progressDeadlineSeconds", numbers(21, 61, 120, 600, 700)},
		{"spec strategy type", words("Recreate", "Recreate", "RollingUpdate")},
		{"spec replicas", numbers(1, 3, 8)},
		{"spec paused", []any{true, false}},
		{"metadata labels team", words("shop", "cart")},
		{"metadata annotations example.com/note", words("a~/b", "c")},
		{"metadata labels " + api.LabelInject, words(api.InjectDisabled)},
	}
	return append(list, ourAnnotations()...)
}

// ourAnnotations are on the Deployment.
func ourAnnotations() []edit {
	on := func(key string, values ...string) edit {
		return edit{"metadata annotations " + api.Prefix + key, words(values...)}
	}
	return []edit{
		on("max-surge", "1", "100%"),
		on("keep", "strategy", "pre-stop,grace-period", "readiness-probe", "min-ready,progress-deadline"),
		on("mode", "fill", "enforce", "audit"),
		on("pre-stop-sleep", "5s", "25s", "40s"),
		on("grace-period", "20s", "70s"),
		on("min-ready", "12s", "40s"),
		on("startup-budget", "30s", "650s"),
		on("readiness-probe", "none", "tcp"),
		on("exposure", "none", "service", "alb-ip"),
	}
}

// records are what an author makes of the record; nil deletes it.
func records() []any {
	return []any{
		nil, nil, "{", "", "[1,2]",
		`{"spec.minReadySeconds":25}`,
		`{"spec.replicas":8,"spec.template.spec.containers[app].image":"app:1","spec.minReadySeconds":"x"}`,
		`{"spec.template.spec.containers[app].readinessProbe":{"tcpSocket":{"port":8080}}}`,
	}
}

// namespacePolicies are annotations of the namespace.
func namespacePolicies() map[string][]string {
	return map[string][]string{
		"profile": {"careful", "standard"}, "pre-stop-sleep": {"5s", "25s", "40s"}, "readiness-path": {"/ok", "/live"},
		"exposure": {"none", "service", "alb-ip", "alb-instance"}, "mode": {"fill", "enforce", "audit"},
		"min-ready": {"0s", "12s", "40s"}, "startup-budget": {"30s", "650s"}, "max-unavailable": {"1"},
		"repair": {"report", "strategy", "rollout", "rollout"},
	}
}

// changes of one edit. The type of a strategy goes together with what belongs to it.
func (e edit) changes(v any) []Change {
	out := []Change{{Path: strings.Fields(e.path), Value: v}}
	if v == "Recreate" {
		out = append(out, Change{Path: []string{"spec", "strategy", "rollingUpdate"}})
	}
	return out
}
