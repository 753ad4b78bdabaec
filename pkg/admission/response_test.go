package admission_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

func TestTheAuditLogSaysWhatWasDecidedAndWhy(t *testing.T) {
	d := decided("changed: one", "at-risk: two", "kept: three")
	d.Mode = api.Audit
	d.Findings[0].Code, d.Findings[1].Code, d.Findings[2].Code = policy.PreStopSleepAdded, policy.NoProvenPort, policy.PreStopSleepAdded
	d.Changes = []policy.Change{{Path: workload.PreStop("app")}, {Path: workload.GracePeriod}}
	d.Exposure.Routes = []topology.Route{{Via: topology.ViaService, Service: "web"}, {Via: topology.ViaService, Service: "other"}}
	want := map[string]string{
		"mode":    "audit",
		"reasons": "PreStopSleepAdded,NoProvenPort",
		"changes": "spec.template.spec.containers[app].lifecycle.preStop,spec.template.spec.terminationGracePeriodSeconds",
		"route":   "Service web",
	}
	for _, level := range []admission.Warnings{admission.WarnChanges, admission.WarnRisks, admission.WarnNone} {
		if diff := cmp.Diff(want, respond(t, level, d).AuditAnnotations); diff != "" {
			t.Errorf("%s: -want +got:\n%s", level, diff)
		}
	}
}

func TestTheAuditLogHasNothingWithoutAFinding(t *testing.T) {
	d := decided()
	d.Exposure.Routes = []topology.Route{{Via: topology.ViaService, Service: "web"}}
	if got := respond(t, admission.WarnChanges, d).AuditAnnotations; got != nil {
		t.Errorf("annotations %v", got)
	}
	if diff := cmp.Diff(map[string]string{"mode": "fill", "reasons": "Code"}, respond(t, admission.WarnChanges, decided("kept: one")).AuditAnnotations); diff != "" {
		t.Errorf("without changes and routes, -want +got:\n%s", diff)
	}
}

// The API server puts the webhook's name and a slash before each key, and refuses
// what is then no qualified name.
func TestTheKeysOfAuditAnnotationsTakeAPrefix(t *testing.T) {
	d := decided("changed: one")
	d.Changes = []policy.Change{{Path: workload.GracePeriod}}
	d.Exposure.Routes = []topology.Route{{Via: topology.ViaService, Service: "web"}}
	h, _ := newHandler(constant{err: errAway})
	keys := append(slices.Collect(maps.Keys(respond(t, admission.WarnChanges, d).AuditAnnotations)),
		slices.Collect(maps.Keys(answer(t, h, review(t)).AuditAnnotations))...)
	if diff := cmp.Diff([]string{"changes", "error", "mode", "reasons", "route"}, slices.Sorted(slices.Values(keys))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, key := range keys {
		if problems := validation.IsQualifiedName("rollguard.io/" + key); strings.Contains(key, "/") || len(problems) > 0 {
			t.Errorf("key %q: %s", key, problems)
		}
	}
}

func TestAnEmptyPatchIsLeftOutAltogether(t *testing.T) {
	for name, operations := range map[string][]patch.Operation{"nil": nil, "empty": {}} {
		d := decided("kept: one")
		d.Patch = operations
		resp := respond(t, admission.WarnChanges, d)
		if resp.Patch != nil || resp.PatchType != nil {
			t.Errorf("%s: patch %q of type %v", name, resp.Patch, resp.PatchType)
		}
	}
	h, _ := newHandler(shop())
	h.Excluded = map[string]bool{"shop": true}
	for _, key := range []string{"patch", "patchType", "warnings", "auditAnnotations", "status"} {
		if body := post(t, h, review(t)).Body.String(); strings.Contains(body, `"`+key+`"`) {
			t.Errorf("%s is in the answer: %s", key, body)
		}
	}
}

func TestAPatchIsAJSONPatch(t *testing.T) {
	d := decided("changed: one")
	d.Patch = []patch.Operation{{Op: patch.Add, Path: "/spec/minReadySeconds", Value: json.RawMessage(`7`)}, {Op: patch.Remove, Path: "/spec/x"}}
	resp := respond(t, admission.WarnChanges, d)
	if got, want := string(resp.Patch), `[{"op":"add","path":"/spec/minReadySeconds","value":7},{"op":"remove","path":"/spec/x"}]`; got != want {
		t.Errorf("patch %s\nwant  %s", got, want)
	}
	if resp.PatchType == nil || *resp.PatchType != "JSONPatch" {
		t.Errorf("type %v", resp.PatchType)
	}
}

func TestAnAuditedDeploymentIsNotChanged(t *testing.T) {
	h, counted := newHandler(shop("mode", "audit"))
	resp := answer(t, h, review(t))
	if resp.Patch != nil || resp.PatchType != nil {
		t.Errorf("patch %s", resp.Patch)
	}
	if len(resp.Warnings) != 1 || !strings.HasPrefix(resp.Warnings[0], "rollguard: Deployment shop/web: (audit only) would make rollouts safe behind Service web: ") {
		t.Errorf("warnings %q", resp.Warnings)
	}
	if resp.AuditAnnotations["mode"] != "audit" || resp.AuditAnnotations["changes"] == "" {
		t.Errorf("annotations %v", resp.AuditAnnotations)
	}
	if diff := cmp.Diff([]string{"audit unchanged"}, counted.admissions); diff != "" {
		t.Errorf("admissions, -want +got:\n%s", diff)
	}
}
