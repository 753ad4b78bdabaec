package admission

import (
	"strings"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
)

// The audit annotations. The API server puts the webhook's name and a slash before
// each, so none may have a slash of its own (apiserver pkg/admission/attributes.go).
const (
	auditMode    = "mode"
	auditChanges = "changes"
	auditReasons = "reasons"
	auditRoute   = "route"
	auditError   = "error"
)

// allowed is the answer to everything that is none of our business.
func allowed() *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{Allowed: true}
}

// respond answers with the decision. An empty patch is left out altogether: the API
// server then skips decoding, comparing and defaulting the object again.
func respond(d *decision.Decision, about subject, level Warnings) (*admissionv1.AdmissionResponse, error) {
	resp := allowed()
	if len(d.Patch) > 0 {
		body, err := patch.Marshal(d.Patch)
		if err != nil {
			return resp, err
		}
		jsonPatch := admissionv1.PatchTypeJSONPatch
		resp.Patch, resp.PatchType = body, &jsonPatch
	}
	resp.Warnings = about.warnings(d, level)
	resp.AuditAnnotations = auditAnnotations(d)
	return resp, nil
}

func auditAnnotations(d *decision.Decision) map[string]string {
	if len(d.Findings) == 0 {
		return nil
	}
	audit := map[string]string{
		auditMode:    string(d.Mode),
		auditReasons: strings.Join(codes(d.Findings), ","),
	}
	if len(d.Changes) > 0 {
		audit[auditChanges] = strings.Join(paths(d.Changes), ",")
	}
	if len(d.Exposure.Routes) > 0 {
		audit[auditRoute] = d.Exposure.Routes[0].String()
	}
	return audit
}

// passedUnchanged is the answer when something went wrong on our side. Who wants no
// warnings gets none of this either; the audit log, the log and the counter have it.
func passedUnchanged(about subject, stage string, err error, level Warnings) *admissionv1.AdmissionResponse {
	resp := allowed()
	if level != WarnNone {
		resp.Warnings = []string{about.line("an internal error kept Rollguard from looking at this Deployment; it was stored as you wrote it (" + stage + ")")}
	}
	resp.AuditAnnotations = map[string]string{auditError: clean(stage + ": " + strings.TrimPrefix(err.Error(), stage+": "))}
	return resp
}

// codes are the distinct codes, in order of appearance.
func codes(findings []policy.Finding) []string {
	out := make([]string, 0, len(findings))
	for i := range findings {
		code := string(findings[i].Code)
		seen := false
		for _, c := range out {
			seen = seen || c == code
		}
		if !seen {
			out = append(out, code)
		}
	}
	return out
}

func paths(changes []policy.Change) []string {
	out := make([]string, len(changes))
	for i := range changes {
		out[i] = string(changes[i].Path)
	}
	return out
}
