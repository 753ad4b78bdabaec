package policy_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

func shell(t *testing.T, command ...any) write {
	t.Helper()
	return write{new: inContainer(t, bare, command, "command")}
}

// mesh is a write of bare whose Pods get an Istio proxy, with annotations by pairs.
func mesh(t *testing.T, annotations ...string) write {
	t.Helper()
	labelled := put(t, bare, "true", "spec", "template", "metadata", "labels", "sidecar.istio.io/inject")
	return write{new: onPods(t, labelled, annotations)}
}

func linkerd(t *testing.T, annotations ...string) write {
	t.Helper()
	return write{new: onPods(t, bare, append(annotations, "linkerd.io/inject", "enabled"))}
}

func onPods(t *testing.T, text string, annotations []string) string {
	t.Helper()
	for i := 0; i < len(annotations); i += 2 {
		text = put(t, text, annotations[i+1], "spec", "template", "metadata", "annotations", annotations[i])
	}
	return text
}

func probing(t *testing.T, probe map[string]any) string {
	t.Helper()
	return inContainer(t, bare, probe, "readinessProbe")
}

func publishes(headless bool) func(*topology.Route) {
	return func(r *topology.Route) { r.PublishNotReady, r.Headless = true, headless }
}

const (
	nativeIstio  = "sidecar.istio.io/nativeSidecar"
	proxyConfig  = "proxy.istio.io/config"
	waitBefore   = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"
	nativeLinked = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
)

func TestHazardsAreReportedWhereTheyAre(t *testing.T) {
	instance, ip := behindALB("instance"), behindALB("ip")
	plain := behindService()
	publishes(true)(&plain.Routes[0])
	root := map[string]any{"httpGet": map[string]any{"path": "/", "port": 8080}}
	for _, tc := range []struct {
		name string
		write
		code  policy.Code
		found bool
	}{
		{"not ready behind an ALB", write{exposure: behindALB("ip", publishes(false))}, policy.NotReadyPublished, true},
		{"not ready, headless, behind an ALB", write{exposure: behindALB("ip", publishes(true))}, policy.NotReadyPublished, true},
		{"not ready, headless, for peers", write{exposure: plain}, policy.NotReadyPublished, false},
		{"instance targets", write{exposure: instance}, policy.PinnedConnections, true},
		{"ip targets", write{exposure: ip}, policy.PinnedConnections, false},
		{"instance targets that do not count", write{exposure: instance, namespace: texts{"exposure": "service"}}, policy.PinnedConnections, false},
		{"nothing waits", write{exposure: ip, namespace: texts{"min-ready": "0"}}, policy.NoReadinessGate, true},
		{"too little was asked", write{exposure: ip, namespace: texts{"min-ready": "5s"}}, policy.NoReadinessGate, true},
		{"enough was asked", write{exposure: ip, namespace: texts{"min-ready": "30s"}}, policy.NoReadinessGate, false},
		{"nothing was asked", write{exposure: ip}, policy.NoReadinessGate, false},
		{"no gate is needed behind a Service", write{namespace: texts{"min-ready": "0"}}, policy.NoReadinessGate, false},
		{"a bare shell", shell(t, "sh", "-c", "./serve"), policy.ShellIsFirst, true},
		{"a shell with options", shell(t, "/bin/bash", "-e", "-lc", "./serve"), policy.ShellIsFirst, true},
		{"a shell that is replaced", shell(t, "sh", "-c", "exec ./serve"), policy.ShellIsFirst, false},
		{"a shell without a command", shell(t, "sh", "-c"), policy.ShellIsFirst, false},
		{"a shell with a file", shell(t, "bash", "--norc", "./start.sh"), policy.ShellIsFirst, false},
		{"istio, silent", mesh(t), policy.MeshMayStopFirst, true},
		{"istio, silent, is no certain risk", mesh(t), policy.MeshStopsFirst, false},
		{"istio, classic", mesh(t, nativeIstio, "false"), policy.MeshStopsFirst, true},
		{"istio, classic, drains in YAML", mesh(t, nativeIstio, "false", proxyConfig, "concurrency: 2\nterminationDrainDuration: 20s\n"), policy.MeshStopsFirst, false},
		{"istio, classic, drains in JSON", mesh(t, nativeIstio, "false", proxyConfig, `{"terminationDrainDuration":"20s","concurrency":2}`), policy.MeshStopsFirst, false},
		{"istio, classic, drains too shortly", mesh(t, nativeIstio, "false", proxyConfig, `terminationDrainDuration: 19s`), policy.MeshStopsFirst, true},
		{"istio, classic, drains by nonsense", mesh(t, nativeIstio, "false", proxyConfig, `terminationDrainDuration`), policy.MeshStopsFirst, true},
		{"istio, classic, waits for the last connection", mesh(t, nativeIstio, "false", proxyConfig, `EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true'`), policy.MeshStopsFirst, false},
		{"istio, classic, would not wait", mesh(t, nativeIstio, "false", proxyConfig, `EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'false'`), policy.MeshStopsFirst, true},
		{"istio, and nothing sleeps", write{new: annotate(t, mesh(t, nativeIstio, "false").new, "keep", "pre-stop")}, policy.MeshStopsFirst, false},
		{"linkerd, silent", linkerd(t), policy.MeshMayStopFirst, true},
		{"linkerd, native", linkerd(t, nativeLinked, "true"), policy.MeshMayStopFirst, false},
		{"linkerd, classic", linkerd(t, nativeLinked, "false"), policy.MeshStopsFirst, true},
		{"linkerd, waits too shortly", linkerd(t, waitBefore, "3"), policy.MeshStopsFirst, true},
		{"linkerd, waits", linkerd(t, waitBefore, "25"), policy.MeshStopsFirst, false},
		{"a probe of another port", write{exposure: ip, new: inContainer(t, probing(t, map[string]any{"tcpSocket": map[string]any{"port": 9}}), nil, "ports")}, policy.ProbePortDiffers, true},
		{"a probe of another host", write{exposure: ip, new: probing(t, map[string]any{"tcpSocket": map[string]any{"port": 9, "host": "db"}})}, policy.ProbePortUndeclared, false},
		{"a probe of an undeclared port", write{new: probing(t, map[string]any{"grpc": map[string]any{"port": 9}})}, policy.ProbePortUndeclared, true},
		{"an undeclared port where none is", write{new: inContainer(t, probing(t, map[string]any{"grpc": map[string]any{"port": 9}}), nil, "ports")}, policy.ProbePortUndeclared, false},
		{"the same path", write{exposure: ip, new: probing(t, root)}, policy.HealthCheckDiffers, false},
		{"another path", write{exposure: behindALB("ip", func(r *topology.Route) { r.HealthCheck.Path = "/up" }), new: probing(t, root)}, policy.HealthCheckDiffers, true},
		{"another path on another port", write{exposure: behindALB("ip", func(r *topology.Route) { r.HealthCheck.Path, r.HealthCheck.Port = "/up", "9" }), new: probing(t, root)}, policy.HealthCheckDiffers, false},
		{"a gRPC health check", write{exposure: behindALB("ip", func(r *topology.Route) { r.HealthCheck.Path, r.BackendProtocolVersion = "/up", "GRPC" }), new: probing(t, root)}, policy.HealthCheckDiffers, false},
		{"a sleep that is too long", write{namespace: texts{"pre-stop-sleep": "91s"}}, policy.LongSleep, true},
		{"the author's sleep is too long", write{new: inContainer(t, bare, hook(`{"sleep":{"seconds":91}}`), "lifecycle")}, policy.LongSleep, true},
		{"a long sleep that is not added", write{namespace: texts{"pre-stop-sleep": "91s"}, new: annotate(t, bare, "keep", "pre-stop")}, policy.LongSleep, false},
		{"one replica", write{exposure: ip, new: put(t, bare, 1, "spec", "replicas")}, policy.SingleReplica, true},
		{"no replica", write{exposure: ip, new: put(t, bare, 0, "spec", "replicas")}, policy.SingleReplica, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			made := tc.evaluate(t)
			if found := made.found(tc.code) != nil; found != tc.found {
				t.Errorf("%s found: %t, in %v", tc.code, found, made.codes())
			}
			checkHazards(t, made)
		})
	}
}

// checkHazards holds what is promised of every hazard: the outcome of the catalogue, and
// one short sentence.
func checkHazards(t *testing.T, made made) {
	t.Helper()
	entries := policy.Catalogue()
	first := slices.IndexFunc(entries, func(e policy.Entry) bool { return e.Code == policy.NotReadyPublished })
	for _, e := range entries[first:] {
		f := made.found(e.Code)
		if f == nil {
			continue
		}
		if f.Outcome != e.Outcome || f.Rule != "" {
			t.Errorf("%s: outcome %s, rule %q", e.Code, f.Outcome, f.Rule)
		}
		if len(f.Message) >= 200 || strings.HasSuffix(f.Message, ".") || unicode.IsUpper(rune(f.Message[0])) {
			t.Errorf("%s: a message of %d: %q", e.Code, len(f.Message), f.Message)
		}
	}
}

func TestAHazardChangesNothing(t *testing.T) {
	with := mesh(t, nativeIstio, "false").evaluate(t)
	without := mesh(t, nativeIstio, "true").evaluate(t)
	if with.found(policy.MeshStopsFirst) == nil || without.found(policy.MeshStopsFirst) != nil {
		t.Fatalf("%v and %v", with.codes(), without.codes())
	}
	if len(with.Changes) != len(without.Changes) {
		t.Errorf("%d changes with the hazard, %d without", len(with.Changes), len(without.Changes))
	}
}
