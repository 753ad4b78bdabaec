package policy_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// unread is what is left of an exposure when its Ingress cannot be read: the Service's own
// ports, and a gap.
func unread() topology.Exposure {
	e := behindService()
	e.Gaps = []topology.Gap{{Object: "Ingress shop/web", Reason: `has target-type "ipp"`}}
	return e
}

// checked asks for a path of the application's own.
func checked(r *topology.Route) {
	r.HealthCheck.Path, r.HealthCheck.ExplicitPath = "/healthz", true
}

// sameAgain tells whether a second look at what was stored changes nothing.
func sameAgain(t *testing.T, m made, w write) {
	t.Helper()
	w.new, w.old = rolled(t, m.object), m.object
	w.new = inContainer(t, w.new, "app:3", "image")
	if again := w.evaluate(t); len(again.Changes) > 0 {
		t.Errorf("a second look changes %+v", again.Changes)
	}
}

func TestNothingIsLoweredWhileTheExposureIsUnclear(t *testing.T) {
	for name, before := range map[string]topology.Exposure{
		"behind an ALB of Pods":       behindALB("ip", checked),
		"behind an ALB of nodes":      behindALB("instance"),
		"behind an ALB with a delay":  behindALB("ip", drainDelay(50)),
		"behind an NLB of Pods":       behindNLB("ip"),
		"behind a slow health check":  behindALB("ip", func(r *topology.Route) { r.HealthCheck.IntervalSeconds = 60 }),
		"behind an ALB that was HTTP": behindALB("ip", func(r *topology.Route) { r.BackendProtocol = "HTTPS" }),
	} {
		t.Run(name, func(t *testing.T) {
			stored := write{exposure: before}.evaluate(t).object
			m := write{new: rolled(t, stored), old: stored, exposure: unread()}.evaluate(t)
			if len(m.Changes) > 0 {
				t.Errorf("changes %+v", m.Changes)
			}
			if was, is := read(t, stored).Annotations["rollguard.io/injected"], read(t, m.object).Annotations["rollguard.io/injected"]; was != is {
				t.Errorf("record before and after\n%s\n%s", was, is)
			}
			sameAgain(t, m, write{exposure: unread()})
		})
	}
}

func TestAWholeManifestLowersNothingEitherWhileTheExposureIsUnclear(t *testing.T) {
	stored := write{exposure: behindALB("instance")}.evaluate(t).object
	m := write{new: rolled(t, bare), old: stored, exposure: unread()}.evaluate(t)
	for _, p := range []workload.Path{workload.PreStop("app"), workload.GracePeriod, workload.MinReadySeconds, workload.MaxUnavailable} {
		if was, is := made.value(made{object: stored}, t, p), m.value(t, p); was != is {
			t.Errorf("%s was %s and is %s", p, was, is)
		}
	}
}

func TestWhatStaysWhileTheExposureIsUnclearIsSaid(t *testing.T) {
	for _, tc := range []struct {
		before topology.Exposure
		want   string
	}{
		{behindALB("ip"), "minReadySeconds 25 stays, as it is not known what sends requests here"},
		{behindALB("instance"), "preStop sleep 40s stays, as it is not known what sends requests here"},
	} {
		stored := write{exposure: tc.before}.evaluate(t).object
		m := write{new: rolled(t, stored), old: stored, exposure: unread()}.evaluate(t)
		said := ""
		for _, f := range m.Findings {
			if f.Code == policy.KeptWhileUnclear && f.Outcome == policy.Kept {
				said += f.Message + "\n"
			}
		}
		if !strings.Contains(said, tc.want) {
			t.Errorf("want %q in %q", tc.want, said)
		}
	}
	m := write{exposure: unread()}.evaluate(t)
	if f := m.found(policy.KeptWhileUnclear); f != nil {
		t.Errorf("nothing was there before: %+v", f)
	}
}

func TestWhatIsAskedForHoldsWhileTheExposureIsUnclear(t *testing.T) {
	stored := write{exposure: behindALB("instance", checked)}.evaluate(t).object
	minReady := write{exposure: behindALB("ip", checked)}.evaluate(t).object
	for _, tc := range []struct {
		name, stored string
		namespace    texts
		path         workload.Path
		want         string
	}{
		{"a sleep", stored, texts{"pre-stop-sleep": "5s"}, workload.PreStop("app"), `{"sleep":{"seconds":5}}`},
		{"a grace period", stored, texts{"grace-period": "45s", "pre-stop-sleep": "5s"}, workload.GracePeriod, "45"},
		{"no minReadySeconds", minReady, texts{"min-ready": "0s"}, workload.MinReadySeconds, "0"},
		{"no readiness probe", stored, texts{"readiness-probe": "none"}, workload.ReadinessProbe("app"), ""},
		{"an exposure", minReady, texts{"exposure": "service"}, workload.MinReadySeconds, "0"},
		{"no exposure", stored, texts{"exposure": "none"}, workload.PreStop("app"), ""},
	} {
		m := write{new: rolled(t, tc.stored), old: tc.stored, exposure: unread(), namespace: tc.namespace}.evaluate(t)
		if got := m.value(t, tc.path); got != tc.want && (tc.want != "0" || got != "") {
			t.Errorf("%s: %s is %q, want %q", tc.name, tc.path, got, tc.want)
		}
		sameAgain(t, m, write{exposure: unread(), namespace: tc.namespace})
	}
}

func TestOptingOutTakesAllBackWhileTheExposureIsUnclear(t *testing.T) {
	stored := write{exposure: behindALB("ip")}.evaluate(t).object
	out := put(t, rolled(t, stored), "disabled", "metadata", "labels", "rollguard.io/inject")
	m := write{new: out, old: stored, exposure: unread()}.evaluate(t)
	for _, p := range []workload.Path{workload.PreStop("app"), workload.ReadinessProbe("app")} {
		if got := m.value(t, p); got != "" {
			t.Errorf("%s is %s", p, got)
		}
	}
	if _, ok := read(t, m.object).Annotations["rollguard.io/injected"]; ok {
		t.Error("the record stays")
	}
}

func TestWhatIsHarmfulGivesWayWhileTheExposureIsUnclear(t *testing.T) {
	for _, before := range []topology.Exposure{behindALB("ip"), behindALB("instance"), behindNLB("ip")} {
		stored := write{exposure: before}.evaluate(t).object
		for name, author := range map[string]string{
			"a short grace period": inPod(t, stored, 5, "terminationGracePeriodSeconds"),
			"a short deadline":     put(t, stored, 10, "spec", "progressDeadlineSeconds"),
			"no surge":             put(t, stored, 0, "spec", "strategy", "rollingUpdate", "maxSurge"),
			"a host port":          inContainer(t, stored, []any{map[string]any{"containerPort": 8080, "hostPort": 8080, "protocol": "TCP"}}, "ports"),
		} {
			m := write{new: rolled(t, author), old: stored, exposure: unread()}.evaluate(t)
			if err := policy.Verify(read(t, bare), read(t, m.object)); err != nil {
				t.Errorf("%s, %s: %v", before.Kind, name, err)
			}
			sameAgain(t, m, write{exposure: unread()})
			if name == "a host port" && m.value(t, workload.MaxUnavailable) == "0" {
				t.Errorf("%s: maxUnavailable 0 stays beside a host port", before.Kind)
			}
		}
	}
}

func TestAProbeStaysAsItWasWhileTheExposureIsUnclear(t *testing.T) {
	stored := write{exposure: behindALB("ip", checked)}.evaluate(t).object
	two := unread() // the Service has another port, which comes first
	other, container := int32(9090), "app"
	two.Routes = append([]topology.Route{{Via: topology.ViaService, Service: "web", ServicePort: "admin", Container: &container, ContainerPort: &other}}, two.Routes...)
	m := write{new: rolled(t, stored), old: stored, exposure: two}.evaluate(t)
	if len(m.Changes) > 0 {
		t.Errorf("changes %+v", m.Changes)
	}
	moved := inContainer(t, rolled(t, stored), []any{map[string]any{"name": "http", "containerPort": 9090, "protocol": "TCP"}}, "ports")
	gone := unread()
	gone.Routes[0].ContainerPort = &other
	m = write{new: moved, old: stored, exposure: gone}.evaluate(t)
	if got := m.value(t, workload.ReadinessProbe("app")); !strings.Contains(got, "9090") {
		t.Errorf("the probe did not follow the port: %s", got)
	}
}

func TestWithoutAnyRouteWhatIsOursStaysWhileTheExposureIsUnclear(t *testing.T) {
	nothing := topology.Exposure{Kind: topology.None, Gaps: unread().Gaps}
	stored := write{exposure: behindALB("ip", checked)}.evaluate(t).object
	m := write{new: rolled(t, stored), old: stored, exposure: nothing}.evaluate(t)
	if len(m.Changes) > 0 || m.found(policy.NotExposed) != nil {
		t.Errorf("changes %+v, findings %v", m.Changes, m.codes())
	}
	sameAgain(t, m, write{exposure: nothing})
	m = write{exposure: nothing}.evaluate(t)
	if len(m.Changes) > 0 || m.found(policy.NotExposed) == nil {
		t.Errorf("of a new one: changes %+v, findings %v", m.Changes, m.codes())
	}
}

func TestAReadinessGateTakesNothingAwayWhileTheExposureIsUnclear(t *testing.T) {
	auto := behindALB("ip", func(r *topology.Route) { r.Controller = topology.ControllerAutoMode })
	auto.ReadinessGate = true
	stored := write{exposure: auto}.evaluate(t).object
	gap := unread()
	gap.ReadinessGate = true // which Auto Mode does not have
	m := write{new: rolled(t, stored), old: stored, exposure: gap}.evaluate(t)
	if got := m.value(t, workload.MinReadySeconds); got != "25" {
		t.Errorf("minReadySeconds %s", got)
	}
}

func TestWhatModeEnforceCorrectedStaysWhileTheExposureIsUnclear(t *testing.T) {
	author := put(t, inContainer(t, bare, hook(`{"sleep":{"seconds":3}}`), "lifecycle"), 5, "spec", "minReadySeconds")
	enforce := texts{"mode": "enforce"}
	for _, before := range []topology.Exposure{behindALB("ip"), behindALB("instance")} {
		stored := write{new: author, exposure: before, namespace: enforce}.evaluate(t).object
		m := write{new: rolled(t, stored), old: stored, exposure: unread(), namespace: enforce}.evaluate(t)
		if len(m.Changes) > 0 {
			t.Errorf("%s: changes %+v", before.Kind, m.Changes)
		}
		back := write{new: rolled(t, stored), old: stored, exposure: unread()}.evaluate(t)
		if got := back.value(t, workload.PreStop("app")) + " " + back.value(t, workload.MinReadySeconds); got != `{"sleep":{"seconds":3}} 5` {
			t.Errorf("%s: with the mode the author's values come back, got %s", before.Kind, got)
		}
	}
}
