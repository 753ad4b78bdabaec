package decision_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/policy"
)

var properties = maker()

// decide makes a decision and applies it; the input must come out as it went in.
func decide(t *testing.T, request write) (decision.Decision, []byte) {
	t.Helper()
	before := bytes.Clone(request.New)
	d, err := request.make(properties)
	if err != nil {
		t.Errorf("error %v", err)
	}
	if !bytes.Equal(before, request.New) {
		t.Errorf("the input was changed to %s", request.New)
	}
	return d, applied(t, request.New, d.Patch)
}

func template(t *testing.T, text []byte) any {
	return decoded(t, text)["spec"].(object)["template"]
}

func TestOnePassSettles(t *testing.T) { eachCase(t, onePassSettles) }

func onePassSettles(t *testing.T, _ generator, request write) {
	_, result := decide(t, request)
	request.New = result
	for _, old := range [][]byte{nil, result} {
		request.Old = old
		if again, _ := decide(t, request); len(again.Patch) > 0 {
			t.Errorf("a second pass (update: %t) has %+v", old != nil, again.Patch)
		}
	}
}

func TestParsedObjectsAreDecidedAlike(t *testing.T) { eachCase(t, parsedIsDecidedAlike) }

func parsedIsDecidedAlike(t *testing.T, _ generator, request write) {
	_, result := decide(t, request)
	for _, old := range [][]byte{nil, result} {
		request.Old = old
		want, _ := decide(t, request)
		got, err := request.parsed(t, properties)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Patch, got.Patch); diff != "" {
			t.Errorf("-raw +parsed:\n%s", diff)
		}
	}
}

func TestAWriteWithAnUnchangedTemplateStartsNoRollout(t *testing.T) { eachCase(t, noRolloutStarts) }

func noRolloutStarts(t *testing.T, g generator, request write) {
	request.New = edited(t, request.New, func(spec object) {
		pod := spec["template"].(object)["spec"].(object)
		if pod["terminationGracePeriodSeconds"] == nil {
			pod["terminationGracePeriodSeconds"] = 30 // as every stored object has it
		}
	})
	_, stored := decide(t, request)
	bare := request.New
	other := g.request() // another policy, another topology
	for name, pair := range map[string]struct{ old, new []byte }{
		"scaling the guarded one":   {stored, scaled(t, stored)},
		"scaling an unguarded one":  {bare, scaled(t, bare)},
		"putting the bare one":      {stored, bare},
		"putting a scaled bare one": {stored, scaled(t, bare)},
		"writing the guarded one":   {stored, stored},
	} {
		other.Old, other.New = pair.old, pair.new
		d, result := decide(t, other)
		if d.Mode == "audit" || d.Trigger == policy.LeftAlone {
			continue
		}
		if diff := cmp.Diff(template(t, pair.old), template(t, result)); diff != "" {
			t.Errorf("%s (%s) starts a rollout, -stored +result:\n%s", name, d.Trigger, diff)
		}
	}
}

func scaled(t *testing.T, text []byte) []byte {
	return edited(t, text, func(spec object) { spec["replicas"] = 77 })
}

func edited(t *testing.T, text []byte, change func(spec object)) []byte {
	doc := decoded(t, text)
	change(doc["spec"].(object))
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNothingOutsideTheClosedSetIsTouched(t *testing.T) { eachCase(t, closedSetIsKept) }

func closedSetIsKept(t *testing.T, _ generator, request write) {
	_, result := decide(t, request)
	if diff := cmp.Diff(outside(t, request.New), outside(t, result)); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}

// outside is the object without the closed set of fields and the record, and without
// the parents that are empty for it.
func outside(t *testing.T, text []byte) object {
	doc := decoded(t, text)
	spec := doc["spec"].(object)
	pod := spec["template"].(object)["spec"].(object)
	remove(doc["metadata"].(object), "annotations", "rollguard.io/injected")
	remove(spec, "minReadySeconds")
	remove(spec, "progressDeadlineSeconds")
	remove(spec, "strategy", "rollingUpdate", "maxSurge")
	remove(spec, "strategy", "rollingUpdate", "maxUnavailable")
	remove(pod, "terminationGracePeriodSeconds")
	for _, c := range pod["containers"].([]any) {
		remove(c.(object), "startupProbe")
		remove(c.(object), "readinessProbe")
		remove(c.(object), "lifecycle", "preStop")
	}
	return doc
}

func remove(o object, keys ...string) {
	if len(keys) == 1 {
		delete(o, keys[0])
		return
	}
	child, ok := o[keys[0]].(object)
	if !ok {
		return
	}
	remove(child, keys[1:]...)
	if len(child) == 0 {
		delete(o, keys[0])
	}
}

func TestAnAuthorsProbesAndHooksAreNeverTouched(t *testing.T) { eachCase(t, authorsFieldsAreKept) }

func authorsFieldsAreKept(t *testing.T, _ generator, request write) {
	_, result := decide(t, request)
	before, after := containers(t, request.New), containers(t, result)
	for i := range before {
		own, now := before[i].(object), after[i].(object)
		for _, field := range []string{"startupProbe", "readinessProbe"} {
			if own[field] != nil && !cmp.Equal(own[field], now[field]) {
				t.Errorf("%s: %s", field, cmp.Diff(own[field], now[field]))
			}
		}
		if hooks, ok := own["lifecycle"].(object); ok && hooks["preStop"] != nil && !cmp.Equal(own["lifecycle"], now["lifecycle"]) {
			t.Errorf("lifecycle: %s", cmp.Diff(own["lifecycle"], now["lifecycle"]))
		}
	}
}

func containers(t *testing.T, text []byte) []any {
	return template(t, text).(object)["spec"].(object)["containers"].([]any)
}

func TestTheResultKeepsTheRulesThatTheAPIValidatesTogether(t *testing.T) { eachCase(t, resultIsValid) }

func resultIsValid(t *testing.T, _ generator, request write) {
	_, result := decide(t, request)
	before, after := typed(t, request.New), typed(t, result)
	if *after.Spec.Template.Spec.TerminationGracePeriodSeconds < *before.Spec.Template.Spec.TerminationGracePeriodSeconds {
		t.Error("the grace period is lowered")
	}
	known := faults(before)
	for fault := range faults(after) {
		if !known[fault] {
			t.Errorf("the result is invalid: %s\n%s", fault, result)
		}
	}
	for i := range after.Spec.Template.Spec.Containers {
		own, now := &before.Spec.Template.Spec.Containers[i], &after.Spec.Template.Spec.Containers[i]
		for _, p := range []struct{ before, after *corev1.Probe }{{own.StartupProbe, now.StartupProbe}, {own.ReadinessProbe, now.ReadinessProbe}} {
			if p.before == nil && p.after != nil && (p.after.Exec != nil || p.after.HTTPGet != nil && p.after.HTTPGet.Host != "" || p.after.TCPSocket != nil && p.after.TCPSocket.Host != "") {
				t.Errorf("a probe with a host or a command: %+v", p.after)
			}
		}
	}
}

func typed(t *testing.T, text []byte) *appsv1.Deployment {
	t.Helper()
	d := new(appsv1.Deployment)
	if err := json.Unmarshal(text, d); err != nil {
		t.Fatal(err)
	}
	grace, deadline := int64(30), int32(600)
	if d.Spec.Template.Spec.TerminationGracePeriodSeconds == nil {
		d.Spec.Template.Spec.TerminationGracePeriodSeconds = &grace
	}
	if d.Spec.ProgressDeadlineSeconds == nil {
		d.Spec.ProgressDeadlineSeconds = &deadline
	}
	return d
}

// faults are the rules of validation (Kubernetes pkg/apis/apps/validation and
// pkg/apis/core/validation) that a Deployment breaks.
func faults(d *appsv1.Deployment) map[string]bool {
	out := map[string]bool{}
	if r := d.Spec.Strategy.RollingUpdate; r != nil {
		out["Recreate with rollingUpdate"] = d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType
		if r.MaxSurge != nil && r.MaxUnavailable != nil {
			out["both zero"] = zero(r.MaxSurge.String()) && zero(r.MaxUnavailable.String())
		}
	}
	out["minReadySeconds at the deadline"] = *d.Spec.ProgressDeadlineSeconds <= d.Spec.MinReadySeconds
	for i := range d.Spec.Template.Spec.Containers {
		c := &d.Spec.Template.Spec.Containers[i]
		if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Sleep != nil {
			seconds := c.Lifecycle.PreStop.Sleep.Seconds
			out[c.Name+" sleeps too long"] = seconds > *d.Spec.Template.Spec.TerminationGracePeriodSeconds || seconds < 0
		}
		for _, p := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe} {
			if p != nil {
				out[c.Name+" probe"] = out[c.Name+" probe"] || !probeIsFine(p)
			}
		}
		out[c.Name+" startup success"] = c.StartupProbe != nil && c.StartupProbe.SuccessThreshold > 1
	}
	for fault, broken := range out {
		if !broken {
			delete(out, fault)
		}
	}
	return out
}

func zero(text string) bool { return text == "0" || text == "0%" }

func probeIsFine(p *corev1.Probe) bool {
	handlers := 0
	for _, set := range []bool{p.HTTPGet != nil, p.TCPSocket != nil, p.GRPC != nil, p.Exec != nil} {
		if set {
			handlers++
		}
	}
	return handlers == 1 && p.TimeoutSeconds >= 0 && p.PeriodSeconds >= 0 && p.SuccessThreshold >= 0 && p.FailureThreshold >= 0
}
