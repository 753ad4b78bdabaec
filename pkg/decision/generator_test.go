package decision_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/topology"
)

// generator makes Deployments that an API server would take, and what is around them.
type generator struct{ *rand.Rand }

type object = map[string]any

func newGenerator(seed, number uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, number))}
}

// choices makes the choices of a generator out of bytes, so that a fuzzer that changes one
// of them changes one thing of the Deployment. When they run out, all choices are the first.
type choices struct{ bytes []byte }

// Uint64 implements [rand.Source]. What is made of the upper half is small and never 0,
// which rand would refuse, and ask again for ever.
func (c *choices) Uint64() uint64 {
	const least = 1 << 32
	if len(c.bytes) == 0 {
		return least
	}
	next := uint64(c.bytes[0])
	c.bytes = c.bytes[1:]
	return next<<56 | least
}

func pick[T any](g generator, items ...T) T { return items[g.IntN(len(items))] }

// maybe sets a key with the given chance in percent.
func (g generator) maybe(percent int, o object, key string, value func() any) {
	if g.IntN(100) < percent {
		o[key] = value()
	}
}

func constant[T any](v T) func() any { return func() any { return v } }

func (g generator) deployment() []byte {
	containers := []any{}
	for i := range 1 + g.IntN(3) {
		containers = append(containers, g.container(fmt.Sprint("c", i)))
	}
	pod := object{"containers": containers}
	g.maybe(60, pod, "terminationGracePeriodSeconds", func() any { return pick(g, 0, 1, 7, 25, 30, 30, 45, 300) })
	g.maybe(5, pod, "hostNetwork", constant(true))
	g.maybe(20, pod, "securityContext", constant(object{"runAsNonRoot": true, "fieldOfTheFuture": "x"}))
	g.maybe(20, pod, "initContainers", func() any { return []any{object{"name": "side", "restartPolicy": "Always", "ports": g.ports(9)}} })
	g.maybe(10, pod, "volumes", constant([]any{object{"name": "data", "persistentVolumeClaim": object{"claimName": "data"}}}))
	g.maybe(30, pod, "unknownToThisVersion", constant(object{"deep": []any{1.5, nil, object{"x": "y"}}}))
	spec := object{"template": object{"metadata": object{"labels": object{"app": "web"}}, "spec": pod}, "selector": object{"matchLabels": object{"app": "web"}}}
	g.maybe(80, spec, "replicas", func() any { return g.IntN(10) })
	g.maybe(80, spec, "strategy", g.strategy)
	g.maybe(20, spec, "minReadySeconds", func() any { return g.IntN(50) })
	g.maybe(60, spec, "progressDeadlineSeconds", func() any { return pick(g, 60, 120, 600, 600, 700, 2147483647) })
	g.maybe(30, spec, "unknownToThisVersion", constant("kept"))
	metadata := object{"namespace": "shop", "name": "web", "unknownToThisVersion": object{}}
	g.maybe(50, metadata, "annotations", func() any {
		out := object{"example.com/note": "~/x"}
		for key, value := range g.annotations() {
			out[key] = value
		}
		return out
	})
	text, err := json.Marshal(object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
	if err != nil {
		panic(err)
	}
	return text
}

func (g generator) strategy() any {
	switch g.IntN(6) {
	case 0:
		return object{"type": "Recreate"}
	case 1:
		return object{}
	}
	rolling := object{}
	g.maybe(70, rolling, "maxSurge", func() any { return pick[any](g, "25%", "25%", 1, 2, "0%", "100%") })
	g.maybe(70, rolling, "maxUnavailable", func() any { return pick[any](g, "25%", "25%", 1, 2, "50%") })
	if rolling["maxSurge"] != "0%" {
		g.maybe(20, rolling, "maxUnavailable", constant(0))
	}
	return object{"type": "RollingUpdate", "rollingUpdate": rolling}
}

func (g generator) container(name string) object {
	c := object{"name": name, "image": "app:1"}
	g.maybe(70, c, "ports", func() any { return g.ports(8080) })
	g.maybe(30, c, "readinessProbe", g.probe)
	g.maybe(30, c, "startupProbe", g.probe)
	g.maybe(30, c, "livenessProbe", g.probe)
	g.maybe(40, c, "lifecycle", g.lifecycle)
	g.maybe(30, c, "command", constant([]any{"/app", "--port", "8080"}))
	g.maybe(30, c, "env", constant([]any{object{"name": "A", "value": "\u2028<&>"}}))
	g.maybe(30, c, "resources", constant(object{"limits": object{"cpu": "1", "memory": "1Gi"}}))
	g.maybe(30, c, "unknownToThisVersion", constant([]any{object{}, 1e3}))
	return c
}

func (g generator) ports(first int) any {
	out := []any{object{"name": pick(g, "http", "web"), "containerPort": first, "protocol": pick(g, "TCP", "TCP", "UDP")}}
	if g.IntN(3) == 0 {
		out = append(out, object{"containerPort": 9000 + first%7})
	}
	if g.IntN(20) == 0 {
		out[0].(object)["hostPort"] = 80
	}
	return out
}

func (g generator) probe() any {
	p := pick(g, object{"tcpSocket": object{"port": 1}}, object{"httpGet": object{"port": "http", "host": "10.0.0.1"}}, object{"exec": object{"command": []any{"x"}}})
	g.maybe(30, p, "periodSeconds", constant(7))
	g.maybe(20, p, "unknownToThisVersion", constant(1))
	return p
}

func (g generator) lifecycle() any {
	l := object{}
	g.maybe(40, l, "postStart", constant(object{"exec": object{"command": []any{"x"}}}))
	g.maybe(60, l, "preStop", func() any {
		return pick(g, object{"exec": object{"command": []any{"sleep", fmt.Sprint(g.IntN(90))}}}, object{"httpGet": object{"port": 1}}, object{"exec": object{"command": []any{"/drain"}}})
	})
	return l
}

// annotations are a few of ours, mostly good.
func (g generator) annotations() map[string]string {
	values := map[string][]string{
		"profile": {"careful", "fast"}, "exposure": {"alb-ip", "alb-instance", "service", "none"}, "mode": {"audit", "fill"},
		"keep": {"strategy", "pre-stop,grace-period", "progress-deadline", "min-ready"}, "container": {"c0", "c9"},
		"max-surge": {"1", "100%", "0"}, "max-unavailable": {"0", "1", "50%"}, "request-timeout": {"0s", "60s", "1h"},
		"drains-on-sigterm": {"true"}, "pre-stop-sleep": {"1s", "100s", "24h"}, "grace-period": {"1s", "50s", "24h"},
		"readiness-probe": {"http", "grpc", "none"}, "readiness-path": {"/x"}, "readiness-port": {"7", "web"},
		"startup-budget": {"1s", "590s", "24h"}, "startup-failure-threshold": {"1", "10000"}, "startup-period": {"1s", "24h"},
		"min-ready": {"0s", "30s", "599s", "24h"}, "shutdown-margin": {"0s", "24h"}, "propagation-delay": {"0s", "90s"},
	}
	out := map[string]string{}
	for _, a := range api.Annotations() {
		if options, ok := values[a.Key]; ok && g.IntN(8) == 0 {
			out[api.Prefix+a.Key] = pick(g, options...)
		}
	}
	return out
}

func (g generator) request() write {
	graph := behind(pick(g, "", "ip", "instance"), func(src *topology.Sources) {
		src.NamespaceLabels = map[string]string{topology.LabelReadinessGate: pick(g, "", "", "enabled")}
		src.Services[0].Spec.Ports[0].Protocol = pick(g, corev1.ProtocolTCP, corev1.ProtocolTCP, corev1.ProtocolUDP)
		for _, ing := range src.Ingresses {
			if g.IntN(3) == 0 {
				ing.Annotations["alb.ingress.kubernetes.io/healthcheck-path"] = "/ok"
			}
			if g.IntN(3) == 0 {
				ing.Annotations["alb.ingress.kubernetes.io/target-group-attributes"] = "deregistration_delay.timeout_seconds=" + pick(g, "0", "45", "300")
			}
		}
		if g.IntN(6) == 0 {
			src.Services = nil
		}
	})
	room := capacity.Room{
		Claims: map[string]capacity.Sharing{"data": pick(g, capacity.NotKnown, capacity.OnePod, capacity.OneNode, capacity.ManyNodes)},
	}
	return write{
		Room: room,
		New:  g.deployment(), Namespace: g.annotations(), Graph: graph,
		NativeSleep: g.IntN(4) > 0, AssumeService: g.IntN(2) == 0,
	}
}

// eachCase runs a check over many generated requests; a failure names the seed and
// the number of the case.
func eachCase(t *testing.T, check func(*testing.T, generator, write)) {
	t.Helper()
	const seed, cases = 2026, 500
	t.Logf("seed %d", seed)
	for number := range uint64(cases) {
		g := newGenerator(seed, number)
		request := g.request()
		check(t, g, request)
		if t.Failed() {
			t.Fatalf("seed %d, case %d, namespace %v\n%s", seed, number, request.Namespace, request.New)
		}
	}
}
