package policy_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// bare is a Deployment as an API server hands it to a webhook when its author wrote
// nothing but an image and a port.
const bare = `{"metadata":{"namespace":"shop","name":"web","labels":{"app":"web"}},"spec":{
	"replicas":8,"progressDeadlineSeconds":600,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}},
	"template":{"metadata":{"labels":{"app":"web"}},"spec":{"terminationGracePeriodSeconds":30,"containers":[
		{"name":"app","image":"app:1","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}]}]}}}}`

// write is one write of a Deployment; its zero value creates bare behind a Service.
type write struct {
	new, old string
	// namespace and deployment are annotations without the prefix; those of the
	// Deployment are added to what it has.
	namespace  map[string]string
	exposure   topology.Exposure
	room       capacity.Room
	oldServer  bool
	assume     bool
	noExposure bool
	survey     policy.Survey
}

// made is what came of a write.
type made struct {
	policy.Result
	// object is the Deployment after the decision.
	object string
}

func (w write) evaluate(t testing.TB) made {
	t.Helper()
	if w.new == "" {
		w.new = bare
	}
	in := policy.Input{New: read(t, w.new), NativeSleep: !w.oldServer, AssumeService: w.assume, Exposure: w.exposure, Room: w.room, Survey: w.survey}
	if w.old != "" {
		stored, err := workload.Stored(read(t, w.old).Raw())
		if err != nil {
			t.Fatal(err)
		}
		in.Old = stored
	}
	if in.Exposure.Kind == "" {
		in.Exposure = behindService()
	}
	if w.noExposure {
		in.Exposure = topology.Exposure{Kind: topology.None}
	}
	in.Settings, in.Problems = api.NewResolver(nil, api.DefaultBounds()).Resolve(prefixed(w.namespace), in.New.Annotations)
	out := made{Result: policy.Evaluate(&in)}
	places, err := out.Places(in.New)
	if err != nil {
		t.Fatal(err)
	}
	wants := make([]patch.Want, len(places))
	for i, p := range places {
		wants[i] = patch.Want(p)
	}
	draft := read(t, w.new)
	if _, err := patch.Build(draft.Raw(), wants); err != nil {
		t.Fatal(err)
	}
	out.object = draft.Raw().String()
	return out
}

func (m made) codes() []string {
	out := []string{}
	for _, f := range m.Findings {
		out = append(out, string(f.Code))
	}
	return out
}

func (m made) found(code policy.Code) *policy.Finding {
	for i := range m.Findings {
		if m.Findings[i].Code == code {
			return &m.Findings[i]
		}
	}
	return nil
}

// value is the JSON of a field after the decision, "" where it is absent.
func (m made) value(t testing.TB, p workload.Path) string {
	t.Helper()
	if v := read(t, m.object).Get(p); v != nil {
		return v.String()
	}
	return ""
}

func prefixed(annotations map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range annotations {
		out[api.Prefix+key] = value
	}
	return out
}

func read(t testing.TB, text string) *workload.Deployment {
	t.Helper()
	d, err := new(workload.Reader).Read([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return d
}

// put sets one field; a nil value takes it away. A number among the keys is the
// index of a list.
func put(t testing.TB, text string, value any, keys ...any) string {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	at := doc
	for _, key := range keys[:len(keys)-1] {
		switch k := key.(type) {
		case int:
			at = at.([]any)[k]
		case string:
			parent := at.(map[string]any)
			if parent[k] == nil {
				parent[k] = map[string]any{}
			}
			at = parent[k]
		}
	}
	last := keys[len(keys)-1].(string)
	if value == nil {
		delete(at.(map[string]any), last)
	} else {
		at.(map[string]any)[last] = value
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// inContainer and inPod change the template of bare.
func inContainer(t testing.TB, text string, value any, keys ...any) string {
	t.Helper()
	return put(t, text, value, slices.Concat([]any{"spec", "template", "spec", "containers", 0}, keys)...)
}

func inPod(t testing.TB, text string, value any, keys ...any) string {
	t.Helper()
	return put(t, text, value, slices.Concat([]any{"spec", "template", "spec"}, keys)...)
}

func annotate(t testing.TB, text, key, value string) string {
	t.Helper()
	return put(t, text, value, "metadata", "annotations", api.Prefix+key)
}

func hook(text string) map[string]any {
	return map[string]any{"preStop": json.RawMessage(text)}
}

func behindService() topology.Exposure {
	container, port := "app", int32(8080)
	return topology.Exposure{Kind: topology.Service, Routes: []topology.Route{{
		Via: topology.ViaService, Service: "web", ServicePort: "http", Container: &container, ContainerPort: &port,
	}}}
}

// behindALB is one route of an ALB with its default health check.
func behindALB(targetType string, change ...func(*topology.Route)) topology.Exposure {
	e := behindService()
	ingress := "shop/web"
	r := &e.Routes[0]
	r.Via, r.Ingress, r.TargetType, r.BackendProtocol, r.BackendProtocolVersion = topology.ViaIngress, &ingress, targetType, "HTTP", "HTTP1"
	r.HealthCheck = &topology.HealthCheck{Path: "/", Port: "traffic-port", Protocol: "HTTP", SuccessCodes: "200", IntervalSeconds: 15, HealthyThreshold: 2, TimeoutSeconds: 5}
	for _, f := range change {
		f(r)
	}
	e.Kind = r.Kind()
	return e
}

// behindNLB is one route of an NLB that a Service asks for.
func behindNLB(targetType string) topology.Exposure {
	e := behindService()
	r := &e.Routes[0]
	r.Controller, r.Balancer, r.TargetType, r.BackendProtocol = "service.k8s.aws/nlb", topology.NLB, targetType, "TCP"
	r.HealthCheck = &topology.HealthCheck{Port: "traffic-port", Protocol: "TCP", IntervalSeconds: 10, HealthyThreshold: 3, TimeoutSeconds: 10}
	e.Kind = r.Kind()
	return e
}

// both has the routes of two exposures, and the kind of the first.
func both(first, second topology.Exposure) topology.Exposure {
	first.Routes = append(first.Routes, second.Routes...)
	return first
}
