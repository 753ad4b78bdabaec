package timeline_test

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/timeline"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// pod is what the tests say about a Deployment of three Pods behind an ALB that needs 25 s
// to use a new one, sends for 15 s to an ending one, and whose requests take 5 s.
type pod struct {
	containers []workload.Container
	// routes are the containers that routes name; "" is a route that names none.
	routes   []string
	sidecars []workload.Container
	kind     topology.Kind
	named    string
	gated    bool
	drains   bool
	grace    int64
}

func (p pod) timeline() *timeline.Timeline {
	d := &decision.Decision{}
	d.Exposure.Kind = topology.ALBIP
	d.Computed.Propagation, d.Computed.Healthy, d.Computed.Gated = 15*time.Second, 25*time.Second, p.gated
	d.Settings.Timing.RequestTimeout.Value = 5 * time.Second
	d.Settings.Timing.DrainsOnSIGTERM.Value = p.drains
	d.Settings.Container.Value = p.named
	if p.kind != "" {
		d.Exposure.Kind, d.Computed.Healthy = p.kind, 0
	}
	for _, name := range p.routes {
		r := topology.Route{Via: topology.ViaIngress, TargetType: topology.TargetIP}
		if name != "" {
			r.Container = &name
		}
		d.Exposure.Routes = append(d.Exposure.Routes, r)
	}
	stored := &workload.Deployment{Name: "web", Replicas: 3, MinReadySeconds: 25}
	stored.Strategy = workload.Strategy{Type: "RollingUpdate", MaxSurge: intstr.FromInt32(1), MaxUnavailable: intstr.FromInt32(0)}
	stored.Template.Containers, stored.Template.Sidecars = p.containers, p.sidecars
	stored.Template.GracePeriodSeconds = 30
	if p.grace > 0 {
		stored.Template.GracePeriodSeconds = p.grace
	}
	return timeline.New(stored, d)
}

func container(name string, parts ...func(*workload.Container)) workload.Container {
	c := workload.Container{Name: name}
	for _, part := range parts {
		part(&c)
	}
	return c
}

func ready(c *workload.Container)   { c.ReadinessProbe = &corev1.Probe{PeriodSeconds: 3} }
func started(c *workload.Container) { c.StartupProbe = &corev1.Probe{PeriodSeconds: 3} }

func sleeps(seconds int64) func(*workload.Container) {
	return func(c *workload.Container) {
		c.PreStop = &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: seconds}}
	}
}

func runs(command ...string) func(*workload.Container) {
	return func(c *workload.Container) {
		c.PreStop = &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: command}}
	}
}

// says is a race in the words of the text.
func says(r *timeline.Race) string {
	switch {
	case r.Closed:
		return "closed: " + r.Why
	case r.Unknown:
		return "not known: " + r.Why
	}
	return "OPEN: " + r.Why
}

func TestRaceAIsNotKnownWhereAPodCountsAsReadyBeforeItServes(t *testing.T) {
	const early = "not known: without a readiness probe a Pod counts as Ready before it serves"
	web, side := container("web"), container("side", ready)
	for name, tc := range map[string]struct {
		pod
		want string
	}{
		"no probe":                                {pod{containers: []workload.Container{web}, routes: []string{"web"}}, early},
		"no probe, behind a Service":              {pod{containers: []workload.Container{web}, routes: []string{"web"}, kind: topology.Service}, early},
		"no probe, and no route names one":        {pod{containers: []workload.Container{web}}, early},
		"a readiness probe":                       {pod{containers: []workload.Container{container("web", ready)}, routes: []string{"web"}}, "closed: "},
		"a startup probe":                         {pod{containers: []workload.Container{container("web", started)}, routes: []string{"web"}}, "closed: "},
		"a probe beside the one that serves":      {pod{containers: []workload.Container{web, side}, routes: []string{"web"}}, "not known: without a readiness probe container web counts as Ready before it serves"},
		"a probe in some container":               {pod{containers: []workload.Container{web, side}, routes: []string{""}}, "closed: "},
		"a probe beside the one that is named":    {pod{containers: []workload.Container{web, side}, routes: []string{""}, named: "web"}, "not known: "},
		"one of two that serve has a probe":       {pod{containers: []workload.Container{web, side}, routes: []string{"side", "web"}}, "not known: without a readiness probe container web"},
		"a native sidecar passes requests on":     {pod{containers: []workload.Container{container("web", ready)}, sidecars: []workload.Container{container("proxy")}, routes: []string{"proxy"}}, "closed: "},
		"a native sidecar, and no probe":          {pod{containers: []workload.Container{web}, sidecars: []workload.Container{container("proxy")}, routes: []string{"proxy"}}, early},
		"a readiness gate waits for the balancer": {pod{containers: []workload.Container{web}, routes: []string{"web"}, gated: true}, "closed: the readiness gate"},
	} {
		got := tc.timeline()
		if a := says(&got.Races[0]); !strings.HasPrefix(a, tc.want) {
			t.Errorf("%s: %q, want %q", name, a, tc.want)
		}
	}
}

func TestAPodWithoutAProbeMayBeReadyEarlier(t *testing.T) {
	got := pod{containers: []workload.Container{container("web")}, routes: []string{"web"}}.timeline()
	for _, text := range []string{got.Text(0), string(got.SVG("web"))} {
		if !strings.Contains(text, "Ready, perhaps earlier") || !strings.Contains(text, "not known: without a readiness probe") {
			t.Errorf("it does not say that the Pod may be Ready earlier:\n%s", text)
		}
	}
}

func TestRaceBIsJudgedByTheContainersThatServe(t *testing.T) {
	web := container("web", ready, sleeps(20))
	for name, tc := range map[string]struct {
		pod
		want string
	}{
		"all sleep":                         {pod{containers: []workload.Container{web, container("side", sleeps(20))}, routes: []string{"web"}}, "closed: "},
		"another sleeps for a shorter":      {pod{containers: []workload.Container{web, container("side", sleeps(12))}, routes: []string{"web"}}, "not known: container side gets SIGTERM 8 s too early, which matters if web needs it"},
		"another does not sleep":            {pod{containers: []workload.Container{web, container("side")}, routes: []string{"web"}}, "not known: container side gets SIGTERM 20 s too early"},
		"another, and the program drains":   {pod{containers: []workload.Container{web, container("side", sleeps(12))}, routes: []string{"web"}, drains: true}, "not known: container side gets SIGTERM 3 s too early"},
		"another is unclear":                {pod{containers: []workload.Container{web, container("side", runs("./stop"))}, routes: []string{"web"}}, "not known: the preStop hook of container side does not show how long it waits, which matters if web needs it"},
		"no route names one":                {pod{containers: []workload.Container{web, container("side", sleeps(12))}, routes: []string{""}}, "OPEN: container side gets SIGTERM 3 s before the ALB has stopped sending"},
		"an annotation names one":           {pod{containers: []workload.Container{web, container("side", sleeps(12))}, routes: []string{""}, named: "web"}, "not known: container side"},
		"it serves":                         {pod{containers: []workload.Container{web, container("side", sleeps(12))}, routes: []string{"side", "web"}}, "OPEN: container side gets SIGTERM 3 s before the ALB has stopped sending"},
		"it serves, and does nearly enough": {pod{containers: []workload.Container{web, container("side", sleeps(16))}, routes: []string{"side"}}, "OPEN: container side gets SIGTERM 4 s before the longest request is answered"},
		"there is one":                      {pod{containers: []workload.Container{container("web", sleeps(12))}, routes: []string{"web"}}, "OPEN: SIGTERM comes 3 s before the ALB has stopped sending"},
		"the one that serves is unclear":    {pod{containers: []workload.Container{container("web", runs("./stop")), container("side")}, routes: []string{"web"}}, "OPEN: the preStop hook of container web does not show how long it waits"},
		"it is killed while it sleeps":      {pod{containers: []workload.Container{container("web", runs("sleep", "60"))}, routes: []string{"web"}, grace: 17}, "OPEN: the grace period of 17 s ends before the longest request has"},
	} {
		got := tc.timeline()
		if b := says(&got.Races[1]); !strings.HasPrefix(b, tc.want) {
			t.Errorf("%s: %q, want %q", name, b, tc.want)
		}
	}
}
