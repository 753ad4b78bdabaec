package policy_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// inDoubt are two routes that are in doubt for the same reason.
func inDoubt() topology.Exposure {
	e := behindALB("ip", func(r *topology.Route) {
		r.Maybe = &topology.Doubt{Reason: topology.GroupError, Because: "something is wrong"}
	})
	e.Routes = append(e.Routes, e.Routes[0])
	e.Routes[1].ServicePort = "8443"
	return e
}

func TestARouteInDoubtIsGuardedAndSaidOnce(t *testing.T) {
	m := write{exposure: inDoubt()}.evaluate(t)
	f := m.found(policy.RouteInDoubt)
	if f == nil || f.Outcome != policy.Skipped || f.Message != "ALB Ingress shop/web (ip targets) may not be in use, as something is wrong; it is guarded all the same" {
		t.Errorf("finding %+v", f)
	}
	if n := strings.Count(strings.Join(m.codes(), " "), string(policy.RouteInDoubt)); n != 1 {
		t.Errorf("said %d times: %v", n, m.codes())
	}
	if m.found(policy.MinReadyFromHealthCheck) == nil {
		t.Errorf("not guarded as any ALB: %v", m.codes())
	}
}

func TestADoubtAboutRoutesThatDoNotCountIsNotSaid(t *testing.T) {
	for _, asked := range []string{"service", "none"} {
		m := write{exposure: inDoubt(), namespace: texts{"exposure": asked}}.evaluate(t)
		if m.found(policy.RouteInDoubt) != nil {
			t.Errorf("exposure %s: %v", asked, m.codes())
		}
	}
}

func TestAnALBThatSeemsToBeOnItsWayIsSaidUnlessTheExposureIsKnown(t *testing.T) {
	expecting := func(e topology.Exposure) topology.Exposure {
		e.Expected = []topology.Expected{{Service: "web", Kind: topology.ALBIP}}
		return e
	}
	for _, tc := range []struct {
		name  string
		write write
		want  bool
	}{
		{"behind a Service", write{exposure: expecting(behindService())}, true},
		{"with an exposure of one's own", write{exposure: expecting(behindService()), namespace: texts{"exposure": "service"}}, false},
		{"as it was declared", write{exposure: expecting(behindService()), namespace: texts{"exposure": "alb-ip"}}, false},
		{"behind another ALB", write{exposure: expecting(behindALB("ip"))}, false},
		{"without such a Service", write{exposure: behindService()}, false},
	} {
		f := tc.write.evaluate(t).found(policy.ExposureExpected)
		if (f != nil) != tc.want {
			t.Errorf("%s: finding %+v", tc.name, f)
		}
		if f != nil && !strings.Contains(f.Message, "set rollguard.io/exposure to alb-ip") {
			t.Errorf("%s: %s", tc.name, f.Message)
		}
	}
}

func TestDerivedNumbersNameTheRouteThatTheyComeFrom(t *testing.T) {
	const route = "ALB Ingress shop/web (ip targets)"
	c := write{exposure: behindALB("ip", drainDelay(30), func(r *topology.Route) {
		r.HealthCheck.Path, r.HealthCheck.ExplicitPath = "/healthz", true
	})}.evaluate(t).Computed
	for got, want := range map[string]string{
		c.PreStopSleepSource:  "deregistration delay of " + route + ": 30s + 5s",
		c.MinReadySource:      "health check of " + route + ": 5s + 15s + 5s",
		c.ReadinessPathSource: "health check of " + route,
		c.ReadinessPath:       "/healthz",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	const unused = "health check of " + route + " is not used: "
	for want, change := range map[string]func(*topology.Route){
		unused + "it asks port 9000, and requests go to port 8080":           func(r *topology.Route) { r.HealthCheck.Port = "9000" },
		unused + "of its success codes 200,404 a kubelet takes only 200-399": func(r *topology.Route) { r.HealthCheck.SuccessCodes = "200,404" },
		unused + "it speaks gRPC, and a path is for HTTP":                    func(r *topology.Route) { r.BackendProtocolVersion = "GRPC" },
	} {
		c := write{exposure: behindALB("ip", func(r *topology.Route) {
			r.HealthCheck.Path, r.HealthCheck.ExplicitPath = "/healthz", true
			change(r)
		})}.evaluate(t).Computed
		if c.ReadinessPathSource != want || c.ReadinessPath != "" {
			t.Errorf("path %q, source %q, want %q", c.ReadinessPath, c.ReadinessPathSource, want)
		}
	}
	if c := (write{exposure: behindALB("ip")}).evaluate(t).Computed; c.ReadinessPathSource != "" {
		t.Errorf("the controller's own path has source %q", c.ReadinessPathSource)
	}
}

func TestAProbeOverHTTPSIsSaidToBe(t *testing.T) {
	for scheme, want := range map[string]string{"HTTPS": "readiness probe GET https :8080/healthz", "HTTP": "readiness probe GET :8080/healthz"} {
		f := write{exposure: behindALB("ip", func(r *topology.Route) {
			r.HealthCheck.Path, r.HealthCheck.ExplicitPath, r.HealthCheck.Protocol = "/healthz", true, scheme
		})}.evaluate(t).found(policy.ReadinessProbeAdded)
		if f == nil || !strings.Contains(f.Message, want) {
			t.Errorf("%s: %+v", scheme, f)
		}
	}
}
