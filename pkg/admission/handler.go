package admission

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
)

// Cluster knows the live state.
type Cluster interface {
	// Namespace looks up a namespace and what sends traffic in it. It is a cache read;
	// it may wait a moment for a namespace that was created just now.
	Namespace(ctx context.Context, name string) (decision.Namespace, error)
	// NativeSleep tells whether the API server knows preStop.sleep; false when its
	// version is unknown.
	NativeSleep() bool
}

// Decider makes the decision; [decision.Maker] is the one there is.
type Decider interface {
	Make(*decision.Request) (decision.Decision, error)
}

// Recorder counts.
type Recorder interface {
	Admission(mode, outcome string, took time.Duration)
	Finding(code string)
	InternalError(stage string)
}

// Handler answers admission requests for Deployments, as an http.Handler or, with the
// review read already, by Handle. Cluster, Decider, Recorder, Log and Warnings are
// needed.
type Handler struct {
	Cluster  Cluster
	Decider  Decider
	Recorder Recorder
	Log      *zap.Logger
	// Warnings says which warnings are sent.
	Warnings Warnings
	// AssumeService: see [decision.Request].
	AssumeService bool
	// Gate bounds what all requests together take; nil is no bound.
	Gate *Gate
	// Excluded are namespaces that are left alone even when the API server asks, such
	// as kube-system.
	Excluded map[string]bool
	// Probe is the namespace of the self-probe, whose dry runs are no news; empty for none.
	Probe string
	// Admitted is told of each write that was decided on and is no dry run. It must return at
	// once and keep nothing of the decision; nil is told of none.
	Admitted func(namespace string, d *decision.Decision)

	buffers sync.Pool // of *buffers, which are small
	chunks  shelf
}

// The outcomes in the metrics.
const (
	outcomeChanged   = "changed"
	outcomeUnchanged = "unchanged"
	outcomeSkipped   = "skipped"
	outcomeError     = "error"
	// outcomeOverloaded is for a write that passed because there was no room to look at it.
	outcomeOverloaded = "overloaded"
)

// The stages in the metrics, beside those of package decision.
const (
	stageGather  = "gather"
	stageRespond = "respond"
	stagePanic   = "panic"
)

// Handle answers one request. It never refuses one.
func (h *Handler) Handle(ctx context.Context, req *Request) (resp *admissionv1.AdmissionResponse) {
	start := time.Now()
	answer := answer{mode: string(api.Fill), outcome: outcomeSkipped}
	defer func() {
		if cause := recover(); cause != nil {
			answer = h.failed(req, stagePanic, fmt.Errorf("panic: %v", cause), zap.Stack("stack"))
			resp = answer.response
		}
		h.Recorder.Admission(answer.mode, answer.outcome, time.Since(start))
	}()
	if reason := h.notOurs(req); reason != "" {
		return allowed()
	}
	answer = h.decide(ctx, req)
	return answer.response
}

// answer is a response and how it is counted.
type answer struct {
	response      *admissionv1.AdmissionResponse
	mode, outcome string
}

// notOurs says why a request is none of our business. The webhook configuration
// keeps nearly all of these away; that it is right is not relied upon.
func (h *Handler) notOurs(req *Request) string {
	switch {
	case req.Group != "apps" || req.Resource != "deployments":
		return "not a deployment"
	case req.SubResource != "":
		return "subresource"
	case req.Operation != admissionv1.Create && req.Operation != admissionv1.Update:
		return "neither create nor update"
	case req.Objects.New == nil:
		return "no object"
	case h.Excluded[req.Namespace]:
		return "excluded namespace"
	}
	return ""
}

func (h *Handler) decide(ctx context.Context, req *Request) answer {
	namespace, err := h.Cluster.Namespace(ctx, req.Namespace)
	if err != nil {
		return h.failed(req, stageGather, err)
	}
	if namespace.Labels[api.LabelInject] != api.InjectEnabled {
		return answer{response: allowed(), mode: string(api.Fill), outcome: outcomeSkipped}
	}
	d, err := h.Decider.Make(&decision.Request{
		Parsed:        &req.Objects,
		Namespace:     namespace.Annotations,
		Graph:         namespace.Graph,
		Room:          namespace.Room,
		NativeSleep:   h.Cluster.NativeSleep(),
		AssumeService: h.AssumeService,
	})
	if err != nil {
		return h.failed(req, stage(err), err)
	}
	resp, err := respond(&d, req.subject(), h.Warnings)
	if err != nil {
		return h.failed(req, stageRespond, err)
	}
	h.count(&d)
	h.logDecision(req, &d)
	if h.Admitted != nil && !req.DryRun {
		h.Admitted(req.Namespace, &d)
	}
	outcome := outcomeUnchanged
	if len(d.Patch) > 0 {
		outcome = outcomeChanged
	}
	return answer{response: resp, mode: string(d.Mode), outcome: outcome}
}

func (h *Handler) count(d *decision.Decision) {
	for i := range d.Findings {
		h.Recorder.Finding(string(d.Findings[i].Code))
	}
}

// failed lets the write pass as it is, and says so to its author, the audit log, the
// log and the metrics.
func (h *Handler) failed(req *Request, stage string, err error, fields ...zap.Field) answer {
	h.Recorder.InternalError(stage)
	h.Log.Error("admission failed, the write passes unchanged", append(fields,
		zap.String("stage", stage),
		zap.String("namespace", req.Namespace),
		zap.String("name", req.Name),
		zap.String("uid", string(req.UID)),
		zap.Error(err))...)
	return answer{response: passedUnchanged(req.subject(), stage, err, h.Warnings), mode: string(api.Fill), outcome: outcomeError}
}

func stage(err error) string {
	var failure *decision.Error
	if errors.As(err, &failure) {
		return string(failure.Stage)
	}
	return string(decision.StageBuild)
}

func (h *Handler) logDecision(req *Request, d *decision.Decision) {
	level := zap.DebugLevel
	if probe := req.DryRun && req.Namespace == h.Probe; len(d.Patch) > 0 && !probe {
		level = zap.InfoLevel
	}
	if entry := h.Log.Check(level, "decided"); entry != nil {
		entry.Write(
			zap.String("namespace", req.Namespace),
			zap.String("name", d.Name),
			zap.String("operation", string(req.Operation)),
			zap.String("trigger", string(d.Trigger)),
			zap.String("exposure", string(d.Exposure.Kind)),
			zap.Int("operations", len(d.Patch)),
			zap.Strings("codes", codes(d.Findings)),
			zap.Bool("dryRun", req.DryRun))
	}
}

// Outcomes are the values of the outcome label.
func Outcomes() []string {
	return []string{outcomeChanged, outcomeUnchanged, outcomeSkipped, outcomeError, outcomeOverloaded}
}

// Stages are where something can go wrong in a request.
func Stages() []string {
	return []string{
		stageGather, stageRespond, stagePanic,
		string(decision.StageRead), string(decision.StageBuild), string(decision.StageProve), string(decision.StageVerify),
	}
}
