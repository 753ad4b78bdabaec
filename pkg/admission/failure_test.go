package admission_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/patch"
)

var (
	errAway    = errors.New("the cluster\nis away")
	ignoreLock = cmpopts.IgnoreFields(recorder{}, "mu")
)

// panicking is a cluster that panics.
type panicking struct{ constant }

func (panicking) Namespace(context.Context, string) (decision.Namespace, error) { panic("no map") }

func fails(err error) decider {
	return func(*decision.Request) (decision.Decision, error) { return decision.Decision{}, err }
}

func TestWhateverFailsTheWritePassesUnchangedAndItIsSaid(t *testing.T) {
	staged := func(s decision.Stage) decider { return fails(&decision.Error{Stage: s, Err: errAway}) }
	for name, tc := range map[string]struct {
		cluster      admission.Cluster
		decider      admission.Decider
		stage, audit string
	}{
		"the cluster cannot be read":      {constant{err: errAway}, nil, "gather", "gather: the cluster is away"},
		"the object cannot be read":       {shop(), staged(decision.StageRead), "read", "read: the cluster is away"},
		"the patch cannot be built":       {shop(), staged(decision.StageBuild), "build", "build: the cluster is away"},
		"the patch does not apply":        {shop(), staged(decision.StageProve), "prove", "prove: the cluster is away"},
		"the result is not valid":         {shop(), staged(decision.StageVerify), "verify", "verify: the cluster is away"},
		"an error that names no stage":    {shop(), fails(errAway), "build", "build: the cluster is away"},
		"the decider panics":              {shop(), decider(func(*decision.Request) (decision.Decision, error) { panic(errAway) }), "panic", "panic: the cluster is away"},
		"the cluster panics":              {panicking{}, nil, "panic", "panic: no map"},
		"the patch cannot be written out": {shop(), broken{}, "respond", "respond: json: error calling MarshalJSON for type json.RawMessage: unexpected end of JSON input"},
	} {
		t.Run(name, func(t *testing.T) {
			h, counted := newHandler(tc.cluster)
			if tc.decider != nil {
				h.Decider = tc.decider
			}
			core, logs := observer.New(zap.DebugLevel)
			h.Log = zap.New(core)
			resp := answer(t, h, review(t))
			want := &admissionv1.AdmissionResponse{
				UID: resp.UID, Allowed: true,
				Warnings:         []string{"rollguard: Deployment shop/web: an internal error kept Rollguard from looking at this Deployment; it was stored as you wrote it (" + tc.stage + ")"},
				AuditAnnotations: map[string]string{"error": tc.audit},
			}
			if diff := cmp.Diff(want, resp); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(&recorder{admissions: []string{"fill error"}, errors: []string{tc.stage}}, counted, cmp.AllowUnexported(recorder{}), ignoreLock); diff != "" {
				t.Errorf("counted, -want +got:\n%s", diff)
			}
			if !slices.Contains(admission.Stages(), tc.stage) {
				t.Errorf("metrics do not know the stage %s", tc.stage)
			}
			if all := logs.FilterField(zap.String("uid", string(resp.UID))).FilterField(zap.String("stage", tc.stage)).All(); len(all) != 1 || all[0].Level != zap.ErrorLevel {
				t.Errorf("log %+v", logs.All())
			}
		})
	}
}

func TestWhoWantsNoWarningsGetsNoneOfAnInternalErrorEither(t *testing.T) {
	h, counted := newHandler(shop())
	h.Warnings, h.Decider = admission.WarnNone, fails(errAway)
	resp := answer(t, h, review(t))
	if len(resp.Warnings) > 0 {
		t.Errorf("warnings %q", resp.Warnings)
	}
	if resp.AuditAnnotations["error"] == "" || len(counted.errors) != 1 {
		t.Errorf("audit %v, counted %v: the operator is told nothing", resp.AuditAnnotations, counted.errors)
	}
}

// broken decides on a patch that is no JSON.
type broken struct{}

func (broken) Make(*decision.Request) (decision.Decision, error) {
	return decision.Decision{Patch: []patch.Operation{{Op: patch.Add, Path: "/x", Value: json.RawMessage(`{`)}}}, nil
}

func TestAnObjectThatIsNoDeploymentPassesUnchanged(t *testing.T) {
	for name, object := range map[string]string{
		"a word": `"web"`, "a list": `[]`, "a number": `7`, "a wrong type": `{"spec":{"replicas":"x"}}`,
	} {
		h, counted := newHandler(shop())
		resp := answer(t, h, review(t, func(r *admissionv1.AdmissionRequest) { r.Object.Raw = []byte(object) }))
		if resp.Patch != nil || !strings.HasPrefix(resp.AuditAnnotations["error"], "read: ") {
			t.Errorf("%s: response %+v", name, resp)
		}
		if diff := cmp.Diff([]string{"read"}, counted.errors); diff != "" {
			t.Errorf("%s: errors, -want +got:\n%s", name, diff)
		}
	}
}

func TestAHandlerGoesOnAfterAPanic(t *testing.T) {
	h, counted := newHandler(shop())
	sound := h.Decider
	h.Decider = decider(func(req *decision.Request) (decision.Decision, error) {
		if len(counted.errors) == 0 {
			panic("once")
		}
		return sound.Make(req)
	})
	if resp := answer(t, h, review(t)); resp.Patch != nil {
		t.Errorf("patch %s", resp.Patch)
	}
	if resp := answer(t, h, review(t)); len(resp.Patch) == 0 {
		t.Errorf("response %+v", resp)
	}
	if diff := cmp.Diff([]string{"fill error", "fill changed"}, counted.admissions); diff != "" {
		t.Errorf("admissions, -want +got:\n%s", diff)
	}
}

func TestTheMetricsKnowEveryOutcome(t *testing.T) {
	if diff := cmp.Diff([]string{"changed", "unchanged", "skipped", "error", "overloaded"}, admission.Outcomes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want := []string{"build", "gather", "panic", "prove", "read", "respond", "verify"}
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(admission.Stages()))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
