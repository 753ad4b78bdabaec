package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// handler is what the injected readiness probe does, "" without one.
func (m made) handler(t *testing.T) string {
	t.Helper()
	text := m.value(t, workload.ReadinessProbe("app"))
	if text == "" {
		return ""
	}
	var probe corev1.Probe
	if err := json.Unmarshal([]byte(text), &probe); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(probe.ProbeHandler)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

const (
	tcp     = `{"tcpSocket":{"port":8080}}`
	healthz = `{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTP"}}`
)

func TestAHealthCheckStandsForAReadinessPathOnlyWhenAKubeletWouldAgree(t *testing.T) {
	check := func(change func(*topology.Route)) topology.Exposure {
		return behindALB("ip", func(r *topology.Route) {
			r.HealthCheck.Path, r.HealthCheck.ExplicitPath = "/healthz", true
			change(r)
		})
	}
	codes := func(text string) topology.Exposure {
		return check(func(r *topology.Route) { r.HealthCheck.SuccessCodes = text })
	}
	port := func(text string) topology.Exposure {
		return check(func(r *topology.Route) { r.HealthCheck.Port = text })
	}
	for _, tc := range []struct {
		name     string
		exposure topology.Exposure
		want     string
	}{
		{"an explicit path", check(func(*topology.Route) {}), healthz},
		{"the controller's own path", behindALB("ip"), tcp},
		{"over HTTPS", check(func(r *topology.Route) { r.HealthCheck.Protocol = "HTTPS" }), `{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTPS"}}`},
		{"of gRPC", check(func(r *topology.Route) { r.BackendProtocolVersion = "GRPC" }), tcp},
		{"of HTTP2", check(func(r *topology.Route) { r.BackendProtocolVersion = "HTTP2" }), healthz},
		{"on the number of the same port", port("8080"), healthz},
		{"on another port", port("8081"), tcp},
		{"on a node port that has the container's number", behindALB("instance", func(r *topology.Route) {
			r.HealthCheck.Path, r.HealthCheck.ExplicitPath, r.HealthCheck.Port = "/healthz", true, "8080"
		}), tcp},
		{"codes 200-399", codes("200-399"), healthz},
		{"codes 200,302", codes("200,302"), healthz},
		{"codes 200, 301-308", codes("200, 301-308"), healthz},
		{"codes 200-400", codes("200-400"), tcp},
		{"codes 199", codes("199"), tcp},
		{"codes 200,404", codes("200,404"), tcp},
		{"codes that cannot be read", codes("2xx"), tcp},
		{"no codes", codes(""), tcp},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := (write{exposure: tc.exposure}).evaluate(t).handler(t); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestTheKindOfProbeThatWasAskedForIsUsed(t *testing.T) {
	for _, tc := range []struct {
		name      string
		namespace texts
		want      string
	}{
		{"nothing", nil, tcp},
		{"a path", texts{"readiness-path": "/healthz"}, healthz},
		{"http and a path", texts{"readiness-probe": "http", "readiness-path": "/healthz"}, healthz},
		{"http without a path", texts{"readiness-probe": "http"}, tcp},
		{"tcp and a path", texts{"readiness-probe": "tcp", "readiness-path": "/healthz"}, tcp},
		{"grpc", texts{"readiness-probe": "grpc"}, `{"grpc":{"port":8080,"service":""}}`},
		{"grpc on a named port", texts{"readiness-probe": "grpc", "readiness-port": "http"}, `{"grpc":{"port":8080,"service":""}}`},
		{"another port", texts{"readiness-port": "9000"}, `{"tcpSocket":{"port":9000}}`},
		{"a named port", texts{"readiness-port": "http", "readiness-path": "/healthz"}, `{"httpGet":{"path":"/healthz","port":"http","scheme":"HTTP"}}`},
		{"none", texts{"readiness-probe": "none"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := (write{namespace: tc.namespace}).evaluate(t).handler(t); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAProbeNeedsAProvenPort(t *testing.T) {
	two := inPod(t, bare, []any{map[string]any{"name": "app"}, map[string]any{"name": "log"}}, "containers")
	route := func(change func(*topology.Route)) topology.Exposure {
		e := behindService()
		change(&e.Routes[0])
		return e
	}
	undeclared := route(func(r *topology.Route) { r.Container = nil })
	for _, tc := range []struct {
		name     string
		object   string
		exposure topology.Exposure
		want     string
		code     policy.Code
	}{
		{"a declared port", bare, behindService(), tcp, policy.ReadinessProbeAdded},
		{"an undeclared number in a Pod of one container", bare, undeclared, tcp, policy.ReadinessProbeAdded},
		{"an undeclared number in a Pod of two", two, undeclared, "", policy.NoProvenPort},
		{"an undeclared number beside a native sidecar", inPod(t, bare, []any{map[string]any{"name": "p", "restartPolicy": "Always"}}, "initContainers"), undeclared, "", policy.NoProvenPort},
		{"an undeclared number of the named container", annotate(t, two, "container", "app"), undeclared, tcp, policy.ReadinessProbeAdded},
		{"the named container is not the one that traffic reaches", annotate(t, two, "container", "log"), behindService(), "", policy.NoProvenPort},
		{"the named container does not exist", annotate(t, bare, "container", "ap"), undeclared, "", policy.ContainerNotFound},
		{"a name that nobody declares", bare, route(func(r *topology.Route) { r.Container, r.ContainerPort = nil, nil }), "", policy.NoProvenPort},
		{"UDP", bare, route(func(r *topology.Route) { r.UDP = true }), "", policy.NoProvenPort},
		{"a port that was asked for, where no route proves one", annotate(t, bare, "readiness-port", "8080"), route(func(r *topology.Route) { r.UDP = true }), tcp, policy.ReadinessProbeAdded},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := write{new: tc.object, exposure: tc.exposure}.evaluate(t)
			if got := m.handler(t); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if m.found(tc.code) == nil {
				t.Errorf("findings %s, want %s", m.codes(), tc.code)
			}
		})
	}
}

func TestAnAssumedExposureGetsNoProbes(t *testing.T) {
	m := write{noExposure: true, assume: true}.evaluate(t)
	if m.handler(t) != "" || m.value(t, workload.StartupProbe("app")) != "" || m.value(t, workload.PreStop("app")) == "" || m.found(policy.ExposureAssumed) == nil {
		t.Errorf("findings %s", m.codes())
	}
}

func TestAnExposureIsAssumedOnlyForANewDeploymentWithATCPPort(t *testing.T) {
	udp := inContainer(t, bare, []any{map[string]any{"containerPort": 53, "protocol": "UDP"}}, "ports")
	for name, w := range map[string]write{
		"an update":             {new: inContainer(t, bare, "app:2", "image"), old: bare, noExposure: true, assume: true},
		"no port":               {new: inContainer(t, bare, nil, "ports"), noExposure: true, assume: true},
		"a UDP port":            {new: udp, noExposure: true, assume: true},
		"nothing to be assumed": {noExposure: true},
		"none was asked for":    {noExposure: true, assume: true, namespace: texts{"exposure": "none"}},
	} {
		m := w.evaluate(t)
		if m.found(policy.NotExposed) == nil || len(m.Changes) > 0 {
			t.Errorf("%s: findings %s", name, m.codes())
		}
	}
}

func TestThePortOfANativeSidecarIsNamed(t *testing.T) {
	pod := inPod(t, bare, []any{map[string]any{"name": "proxy", "restartPolicy": "Always"}}, "initContainers")
	exposure := behindService()
	name := "proxy"
	exposure.Routes[0].Container = &name
	f := write{new: pod, exposure: exposure}.evaluate(t).found(policy.NoProvenPort)
	if f == nil || !strings.Contains(f.Message, "leads to the native sidecar proxy, which") || strings.Contains(f.Message, "declare the port") {
		t.Errorf("%+v", f)
	}
}
