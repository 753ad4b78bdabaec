package admission_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
)

func TestABareDeploymentIsMadeSafe(t *testing.T) {
	h, counted := newHandler(shop())
	resp := answer(t, h, review(t))
	out := fastjson.MustParse(patched(t, bare, resp.Patch))
	if got := out.Get("spec", "strategy", "rollingUpdate", "maxUnavailable").String(); got != "0" {
		t.Errorf("maxUnavailable %s", got)
	}
	if got := out.Get("spec", "template", "spec", "containers", "0", "lifecycle", "preStop").String(); got != `{"sleep":{"seconds":20}}` {
		t.Errorf("preStop %s", got)
	}
	if len(resp.Warnings) != 1 || !strings.HasPrefix(resp.Warnings[0], "rollguard: Deployment shop/web: made rollouts safe behind Service web: ") {
		t.Errorf("warnings %q", resp.Warnings)
	}
	if diff := cmp.Diff([]string{"fill changed"}, counted.admissions); diff != "" {
		t.Errorf("admissions, -want +got:\n%s", diff)
	}
	want := []string{"MaxUnavailableSet", "StartupProbeAdded", "ReadinessProbeAdded", "PreStopSleepAdded"}
	if diff := cmp.Diff(want, counted.findings); diff != "" {
		t.Errorf("findings, -want +got:\n%s", diff)
	}
	if len(counted.errors) > 0 {
		t.Errorf("errors %s", counted.errors)
	}
}

func TestAnUpdateIsDecidedWithTheOldObject(t *testing.T) {
	h, counted := newHandler(shop())
	relabelled := strings.Replace(bare, `"name":"web"`, `"name":"web","labels":{"team":"x"}`, 1)
	resp := answer(t, h, review(t, func(r *admissionv1.AdmissionRequest) {
		r.Operation, r.Object.Raw, r.OldObject.Raw = admissionv1.Update, []byte(relabelled), []byte(bare)
	}))
	if resp.Patch != nil || resp.PatchType != nil || resp.Warnings != nil || resp.AuditAnnotations != nil {
		t.Errorf("response to a write that says nothing to us: %+v", resp)
	}
	if diff := cmp.Diff([]string{"fill unchanged"}, counted.admissions); diff != "" {
		t.Errorf("admissions, -want +got:\n%s", diff)
	}
}

func TestWhatIsNotOursPassesWithoutAWord(t *testing.T) {
	unlabelled := shop()
	unlabelled.namespace.Labels = map[string]string{"rollguard.io/inject": "disabled"}
	for name, tc := range map[string]struct {
		cluster admission.Cluster
		change  func(*admissionv1.AdmissionRequest)
	}{
		"another resource":                {shop(), func(r *admissionv1.AdmissionRequest) { r.Resource.Resource = "statefulsets" }},
		"deployments of another group":    {shop(), func(r *admissionv1.AdmissionRequest) { r.Resource.Group = "extensions" }},
		"the status":                      {shop(), func(r *admissionv1.AdmissionRequest) { r.SubResource = "status" }},
		"the scale":                       {shop(), func(r *admissionv1.AdmissionRequest) { r.SubResource = "scale" }},
		"a deletion":                      {shop(), func(r *admissionv1.AdmissionRequest) { r.Operation = admissionv1.Delete }},
		"a connection":                    {shop(), func(r *admissionv1.AdmissionRequest) { r.Operation = admissionv1.Connect }},
		"no operation":                    {shop(), func(r *admissionv1.AdmissionRequest) { r.Operation = "" }},
		"an excluded namespace":           {shop(), func(r *admissionv1.AdmissionRequest) { r.Namespace = "kube-system" }},
		"a null object":                   {shop(), func(r *admissionv1.AdmissionRequest) { r.Object = runtime.RawExtension{} }},
		"a namespace without our label":   {constant{}, func(*admissionv1.AdmissionRequest) {}},
		"a namespace that opted out":      {unlabelled, func(*admissionv1.AdmissionRequest) {}},
		"a deletion in a broken cluster":  {constant{err: errAway}, func(r *admissionv1.AdmissionRequest) { r.Operation = admissionv1.Delete }},
		"excluded though nobody knows it": {constant{err: errAway}, func(r *admissionv1.AdmissionRequest) { r.Namespace = "kube-system" }},
	} {
		h, counted := newHandler(tc.cluster)
		resp := answer(t, h, review(t, tc.change))
		if diff := cmp.Diff(&admissionv1.AdmissionResponse{UID: resp.UID, Allowed: true}, resp); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		if diff := cmp.Diff(&recorder{admissions: []string{"fill skipped"}}, counted, cmp.AllowUnexported(recorder{}), ignoreLock); diff != "" {
			t.Errorf("%s: counted, -want +got:\n%s", name, diff)
		}
	}
}

func TestAReviewThatIsReadAlreadyGetsTheSameAnswer(t *testing.T) {
	h, _ := newHandler(shop())
	want := answer(t, h, review(t))
	got := h.Handle(t.Context(), &admission.Request{
		UID: want.UID, Operation: admissionv1.Create, Namespace: "shop", Name: "web", Group: "apps", Resource: "deployments",
		Objects: decision.Parsed{
			New:   fastjson.MustParse(bare),
			Fresh: func() (*fastjson.Value, error) { return fastjson.Parse(bare) },
		},
	})
	got.UID = want.UID
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-read from a body +read already:\n%s", diff)
	}
}

func TestADryRunGetsTheSamePatch(t *testing.T) {
	h, _ := newHandler(shop())
	yes := true
	want := answer(t, h, review(t))
	got := answer(t, h, review(t, func(r *admissionv1.AdmissionRequest) { r.DryRun = &yes }))
	if len(want.Patch) == 0 {
		t.Fatal("nothing was changed")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-write +dry run:\n%s", diff)
	}
}

func TestTheAnswerEchoesTheUID(t *testing.T) {
	h, _ := newHandler(shop())
	for _, uid := range []types.UID{"1", "a b", "ü\"\\\n"} {
		resp := answer(t, h, review(t, func(r *admissionv1.AdmissionRequest) { r.UID = uid }))
		if resp.UID != uid {
			t.Errorf("uid %q, want %q", resp.UID, uid)
		}
	}
}

func TestAnAssumedServiceIsPassedOn(t *testing.T) {
	for _, assume := range []bool{true, false} {
		c := shop()
		c.namespace.Graph = topology.NewGraph(topology.Sources{Namespace: "shop"})
		h, _ := newHandler(c)
		h.AssumeService = assume
		if resp := answer(t, h, review(t)); (len(resp.Patch) > 0) != assume {
			t.Errorf("assumed %t: patch %s", assume, resp.Patch)
		}
	}
}

func TestWhatIsChangedIsLoggedAndWhatIsNotOnlyForDebugging(t *testing.T) {
	h, _ := newHandler(shop())
	core, logs := observer.New(zap.DebugLevel)
	h.Log = zap.New(core)
	answer(t, h, review(t))
	answer(t, h, review(t, func(r *admissionv1.AdmissionRequest) {
		r.Operation, r.OldObject.Raw = admissionv1.Update, []byte(bare)
	}))
	all := logs.All()
	if len(all) != 2 || all[0].Level != zap.InfoLevel || all[1].Level != zap.DebugLevel {
		t.Fatalf("log %+v", all)
	}
	got := all[0].ContextMap()
	for key, want := range map[string]any{"namespace": "shop", "name": "web", "operation": "CREATE", "trigger": "created", "exposure": "service", "dryRun": false} {
		if got[key] != want {
			t.Errorf("%s: %v, want %v", key, got[key], want)
		}
	}
}

func TestTheSelfProbeIsNoNewsForTheLog(t *testing.T) {
	for name, tc := range map[string]struct {
		probe string
		dry   bool
		want  int
	}{
		"the probe":                        {"shop", true, 0},
		"a write that is stored":           {"shop", false, 1},
		"a dry run in another namespace":   {"rollguard-probe", true, 1},
		"a dry run, and there is no probe": {"", true, 1},
	} {
		core, logs := observer.New(zap.InfoLevel)
		h, _ := newHandler(shop())
		h.Log, h.Probe = zap.New(core), tc.probe
		if resp := answer(t, h, review(t, func(r *admissionv1.AdmissionRequest) { r.DryRun = &tc.dry })); resp.Patch == nil {
			t.Errorf("%s: not completed", name)
		}
		if logs.Len() != tc.want {
			t.Errorf("%s: logged %+v", name, logs.All())
		}
	}
}
