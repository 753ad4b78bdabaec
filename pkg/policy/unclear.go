package policy

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/workload"
)

// While something that may send requests here cannot be read, nothing of ours is lowered:
// what was read of it before may still hold. A mistake in an Ingress stops its controller,
// and AWS goes on with what was deployed before (topology.Doubt). Only what somebody asks
// for, and what the API server would refuse, goes first.

// asBefore is where such a value comes from.
const asBefore = "as before, as it is not known what sends requests here"

// standing is a value of ours that may stay because the exposure is unclear, as the write
// brings it or, where a whole manifest left it out, as it is stored. It is nil where the
// field is its author's.
func (e *evaluation) standing(p workload.Path) *fastjson.Value {
	if !e.unclear || !e.free(p) && !e.enforcing() {
		return nil
	}
	if e.evidence.Has(p) {
		return e.in.New.Get(p)
	}
	if e.in.Old != nil && e.previous.Has(p) {
		return e.in.Old.Get(p)
	}
	return nil
}

// standingTime is a standing number of seconds, 0 for none.
func (e *evaluation) standingTime(p workload.Path) time.Duration {
	v := e.standing(p)
	if v == nil {
		return 0
	}
	return time.Duration(boundedSeconds(v.GetInt64())) * time.Second
}

// standingSleep is the longest standing sleep.
func (e *evaluation) standingSleep() time.Duration {
	var longest time.Duration
	for i := 0; e.unclear && i < len(e.in.New.Template.Containers); i++ {
		if v := e.standing(workload.PreStop(e.in.New.Template.Containers[i].Name)); v != nil {
			longest = max(longest, sleepOf(v.MarshalTo(nil)))
		}
	}
	return longest
}

// holdHandler lets a probe of ours ask what it asked before, if it is nobody's wish that it
// ask something else, and requests still go to the port that it asks.
func (r *probeRule) holdHandler(e *evaluation, p provenPort, now *corev1.Probe) {
	s := r.settings
	if !e.unclear || s.Port.Value != nil || s.Path.Value != "" || s.Kind.Value != api.ProbeAuto {
		return
	}
	before := e.standingProbe(r.path(p.container.Name))
	if before == nil || probedPort(before) == p.port && (before.HTTPGet == nil || now.HTTPGet != nil) {
		return // the same, or what a health check that can be read asks
	}
	for i := range e.exposure.Routes {
		route := &e.exposure.Routes[i]
		if !route.UDP && route.ContainerPort != nil && probedPort(before) == intstr.FromInt32(*route.ContainerPort) && e.routeContainer(route) == p.container {
			now.ProbeHandler = before.ProbeHandler
			e.hold(e.current)
			return
		}
	}
}

func (e *evaluation) standingProbe(p workload.Path) *corev1.Probe {
	v := e.standing(p)
	if v == nil {
		return nil
	}
	probe := new(corev1.Probe)
	if json.Unmarshal(v.MarshalTo(nil), probe) != nil {
		return nil // it is ours, so it can be read
	}
	return probe
}

func probedPort(p *corev1.Probe) intstr.IntOrString {
	switch {
	case p.HTTPGet != nil:
		return p.HTTPGet.Port
	case p.TCPSocket != nil:
		return p.TCPSocket.Port
	case p.GRPC != nil:
		return intstr.FromInt32(p.GRPC.Port)
	}
	return intstr.IntOrString{}
}

// probeStands tells whether a probe of ours stays that no rule asks for now, because no
// route that can be read leads to its container: the container still declares the port.
func (e *evaluation) probeStands(p workload.Path) bool {
	kind := api.ProbeNone
	switch ruleOf(p) {
	case api.RuleReadinessProbe:
		kind = e.in.Settings.Readiness.Kind.Value
	case api.RuleStartupProbe:
		kind = e.in.Settings.Startup.Kind.Value
	}
	name, _ := p.Container()
	c := e.author.Template.Container(name)
	if kind == api.ProbeNone || c == nil {
		return false
	}
	probe := e.standingProbe(p)
	if probe == nil {
		return false
	}
	port := probedPort(probe)
	for i := range c.Ports {
		if declared := &c.Ports[i]; port == intstr.FromInt32(declared.ContainerPort) || port == intstr.FromString(declared.Name) {
			return true
		}
	}
	return false
}

// sayStanding says what stays only because the exposure is unclear.
func (e *evaluation) sayStanding() {
	for i := range e.result.wants {
		w := &e.result.wants[i]
		if v := e.standing(w.path); v != nil && e.held[ruleOf(w.path)] && equalJSON(v, w.value) {
			e.current = w.rule
			e.find(Kept, KeptWhileUnclear, w.path, standingWords(w.path, w.value)+" stays, as it is not known what sends requests here")
		}
	}
	e.current = ""
}

// standingWords names a value of ours for people.
func standingWords(p workload.Path, value json.RawMessage) string {
	switch p {
	case workload.MinReadySeconds:
		return "minReadySeconds " + string(value)
	case workload.GracePeriod:
		return fmt.Sprintf("grace period %ss", value)
	}
	if sleep := sleepOf(value); sleep > 0 {
		return fmt.Sprintf("preStop sleep %ds", int(sleep/time.Second))
	}
	return p.Words()
}

// hold notes that a rule wants what stands, and something less without it.
func (e *evaluation) hold(rule api.Rule) {
	if e.held == nil {
		e.held = map[api.Rule]bool{}
	}
	e.held[rule] = true
}
