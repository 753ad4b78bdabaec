package policy_test

import (
	"fmt"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

type texts = map[string]string

func drainDelay(seconds int32) func(*topology.Route) {
	return func(r *topology.Route) { r.DeregistrationDelaySeconds = &seconds }
}

func TestSleepAndGracePeriodFollowFromTheTimings(t *testing.T) {
	service, ip, instance := behindService(), behindALB("ip"), behindALB("instance")
	for _, tc := range []struct {
		name      string
		exposure  topology.Exposure
		namespace texts
		want      string // sleep / grace period
	}{
		{"standard behind a Service", service, nil, "20/30"},
		{"standard with ip targets", ip, nil, "20/30"},
		{"standard with instance targets", instance, nil, "40/50"},
		{"standard behind an NLB with ip targets", behindNLB("ip"), nil, "135/145"},
		{"standard behind an NLB with instance targets", behindNLB("instance"), nil, "40/50"},
		{"careful behind an NLB with ip targets", behindNLB("ip"), careful, "215/230"},
		{"careful behind an NLB with instance targets", behindNLB("instance"), careful, "60/75"},
		{"an NLB that is only told of", service, texts{"exposure": "nlb-ip"}, "135/145"},
		{"careful behind a Service", service, careful, "25/40"},
		{"careful with ip targets", ip, careful, "35/50"},
		{"careful with instance targets", instance, careful, "60/75"},
		{"an application that drains sleeps for the propagation only", instance, texts{"drains-on-sigterm": "true"}, "25/50"},
		{"a longer request", service, texts{"request-timeout": "60s"}, "65/75"},
		{"a longer propagation, for each exposure", instance, texts{"propagation-delay": "30s"}, "45/55"},
		{"a longer margin", service, texts{"shutdown-margin": "30s"}, "20/50"},
		{"a sleep of one's own", service, texts{"pre-stop-sleep": "45s"}, "45/55"},
		{"a grace period of one's own", service, texts{"grace-period": "2m"}, "20/120"},
		{"a grace period of one's own that is short shortens nothing that fits", service, texts{"grace-period": "31s"}, "20/31"},
		{"a grace period of one's own that is too short for the sleep", service, texts{"grace-period": "35s", "pre-stop-sleep": "30s"}, "25/35"},
		{"a deregistration delay below the sleep", behindALB("ip", drainDelay(10)), nil, "20/30"},
		{"a deregistration delay of 30 s", behindALB("ip", drainDelay(30)), nil, "35/45"},
		{"a deregistration delay of 60 s, the longest that is followed", behindALB("ip", drainDelay(60)), nil, "65/75"},
		{"a deregistration delay of 61 s", behindALB("ip", drainDelay(61)), nil, "20/30"},
		{"a sleep of one's own beats the deregistration delay", behindALB("ip", drainDelay(60)), texts{"pre-stop-sleep": "12s"}, "12/30"},
		{"bounds limit what is computed", service, texts{"request-timeout": "10m"}, "300/310"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := write{exposure: tc.exposure, namespace: tc.namespace}.evaluate(t)
			var sleep int
			if _, err := fmt.Sscanf(m.value(t, workload.PreStop("app")), `{"sleep":{"seconds":%d}}`, &sleep); err != nil {
				t.Fatalf("hook %s", m.value(t, workload.PreStop("app")))
			}
			if got := fmt.Sprintf("%d/%s", sleep, m.value(t, workload.GracePeriod)); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAnAuthorsGracePeriodShortensTheSleep(t *testing.T) {
	for _, tc := range []struct {
		grace int
		want  string
		short bool
	}{
		{120, `{"sleep":{"seconds":20}}`, false},
		{31, `{"sleep":{"seconds":20}}`, false},
		{29, `{"sleep":{"seconds":19}}`, true},
		{20, `{"sleep":{"seconds":10}}`, true},
		{15, `{"sleep":{"seconds":7}}`, true},
		{2, `{"sleep":{"seconds":1}}`, true},
		{1, "", true},
		{0, "", true},
	} {
		m := write{new: inPod(t, bare, tc.grace, "terminationGracePeriodSeconds")}.evaluate(t)
		if got := m.value(t, workload.PreStop("app")); got != tc.want {
			t.Errorf("grace period %d: hook %s, want %s", tc.grace, got, tc.want)
		}
		if got := m.found(policy.GraceTooShort) != nil; got != tc.short {
			t.Errorf("grace period %d: findings %s", tc.grace, m.codes())
		}
		if got := m.value(t, workload.GracePeriod); got != fmt.Sprint(tc.grace) {
			t.Errorf("grace period %d became %s", tc.grace, got)
		}
	}
}

func TestTheLongestDeregistrationDelayCounts(t *testing.T) {
	e := behindALB("ip", drainDelay(20))
	e.Routes = append(e.Routes, behindALB("ip", drainDelay(40)).Routes...)
	if got := (write{exposure: e}).evaluate(t).value(t, workload.PreStop("app")); got != `{"sleep":{"seconds":45}}` {
		t.Errorf("hook %s", got)
	}
	e.Routes = append(e.Routes, behindALB("ip", drainDelay(300)).Routes...)
	m := write{exposure: e}.evaluate(t)
	if got := m.value(t, workload.PreStop("app")); got != `{"sleep":{"seconds":20}}` || m.found(policy.LongDrainDelay) == nil {
		t.Errorf("hook %s, findings %s", got, m.codes())
	}
}

func TestTheMinimumReadyTimeFollowsTheHealthCheck(t *testing.T) {
	check := func(interval, timeout int32) func(*topology.Route) {
		return func(r *topology.Route) {
			r.HealthCheck.IntervalSeconds, r.HealthCheck.TimeoutSeconds = interval, timeout
		}
	}
	two := behindALB("ip", check(6, 2))
	two.Routes = append(two.Routes, behindALB("ip", check(30, 10)).Routes...)
	gate := behindALB("ip")
	gate.ReadinessGate = true
	for _, tc := range []struct {
		name      string
		exposure  topology.Exposure
		namespace texts
		want      string
	}{
		{"25 s with the controller's defaults", behindALB("ip"), nil, "25"},
		{"less with a short interval", behindALB("ip", check(5, 2)), nil, "12"},
		{"the slowest of several target groups counts", two, nil, "45"},
		{"no more than AWS takes, where it was milliseconds", behindALB("ip", check(15000, 5000)), nil, "425"},
		{"nothing for less than nothing", behindALB("ip", check(-1, -1)), nil, "5"},
		{"none with the readiness gate", gate, nil, ""},
		{"what was asked for, in spite of the gate", gate, texts{"min-ready": "9s"}, "9"},
		{"none with instance targets", behindALB("instance"), nil, ""},
		{"none behind a Service", behindService(), nil, ""},
		{"the defaults where ip targets are only told of", behindService(), texts{"exposure": "alb-ip"}, "25"},
		{"none where an annotation says that no load balancer counts", behindALB("ip"), texts{"exposure": "service"}, ""},
		{"three minutes behind an NLB with ip targets", behindNLB("ip"), nil, "180"},
		{"three minutes where an NLB is only told of", behindService(), texts{"exposure": "nlb-ip"}, "180"},
		{"none behind an NLB with instance targets", behindNLB("instance"), nil, ""},
		{"the ALB's, beside an NLB with instance targets", both(behindNLB("instance"), behindALB("ip")), nil, "25"},
		{"the NLB's, beside an ALB", both(behindNLB("ip"), behindALB("ip")), nil, "180"},
		{"the ALB's, where an annotation says that the NLB does not count", both(behindNLB("ip"), behindALB("ip")), texts{"exposure": "alb-ip"}, "25"},
		{"what was asked for", behindService(), texts{"min-ready": "33s"}, "33"},
		{"nothing where zero was asked for", behindALB("ip"), texts{"min-ready": "0s"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := write{exposure: tc.exposure, namespace: tc.namespace}.evaluate(t)
			if got := m.value(t, workload.MinReadySeconds); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTheProgressDeadlineIsRaisedOnlyForWhatWasAskedFor(t *testing.T) {
	deadline := func(seconds int) string { return put(t, bare, seconds, "spec", "progressDeadlineSeconds") }
	for _, tc := range []struct {
		name      string
		object    string
		namespace texts
		want      string
		code      policy.Code
	}{
		{"the default budget follows the deadline", bare, nil, "600", ""},
		{"a budget that fits", bare, texts{"startup-budget": "9m"}, "600", ""},
		{"a budget as long as the deadline", bare, texts{"startup-budget": "10m"}, "660", policy.ProgressDeadlineRaised},
		{"a period and a threshold make a budget", bare, texts{"startup-period": "10s", "startup-failure-threshold": "90"}, "960", policy.ProgressDeadlineRaised},
		{"minReadySeconds that was asked for", bare, texts{"min-ready": "10m"}, "660", policy.ProgressDeadlineRaised},
		{"an author's deadline is kept", deadline(500), texts{"startup-budget": "10m"}, "500", policy.DeadlineTooShort},
		{"a deadline that is to be kept", annotate(t, bare, "keep", "progress-deadline"), texts{"startup-budget": "10m"}, "600", policy.KeptOnRequest},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := write{new: tc.object, namespace: tc.namespace}.evaluate(t)
			if got := m.value(t, workload.ProgressDeadline); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if tc.code != "" && m.found(tc.code) == nil {
				t.Errorf("findings %s", m.codes())
			}
		})
	}
}

func TestMinReadyStaysBelowAnAuthorsDeadline(t *testing.T) {
	m := write{new: put(t, bare, 20, "spec", "progressDeadlineSeconds"), exposure: behindALB("ip")}.evaluate(t)
	if got := m.value(t, workload.MinReadySeconds); got != "19" {
		t.Errorf("minReadySeconds %s", got)
	}
}

func TestMessagesAboutTheDeadlineHaveUnits(t *testing.T) {
	m := write{new: put(t, bare, 20, "spec", "progressDeadlineSeconds"), exposure: behindALB("ip")}.evaluate(t)
	for code, want := range map[policy.Code]string{
		policy.DeadlineTooShort:        "progressDeadlineSeconds is 20s, and a start with minReadySeconds may take 85s",
		policy.MinReadyFromHealthCheck: "minReadySeconds 19s (25s are needed; it was cut to stay below progressDeadlineSeconds 20s)",
	} {
		if f := m.found(code); f == nil || f.Message != want {
			t.Errorf("%s: %+v, want %q", code, f, want)
		}
	}
	m = write{new: bare, exposure: behindALB("ip")}.evaluate(t)
	if f := m.found(policy.MinReadyFromHealthCheck); f == nil || f.Message != "minReadySeconds 25s" {
		t.Errorf("%+v", f)
	}
}
