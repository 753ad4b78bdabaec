package decision

import (
	"fmt"
	"sync"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Request is one write of one Deployment and what is known around it.
type Request struct {
	// New is the object as the request wants it, Old the stored one; Old is empty on
	// create. Both are JSON and must not change while the request is decided.
	New, Old []byte
	// Namespace are the annotations of the request's namespace.
	Namespace map[string]string
	// Graph is the namespace's topology.
	Graph *topology.Graph
	// NativeSleep and AssumeService: see [policy.Input].
	NativeSleep, AssumeService bool
}

// Namespace is what must be known about the namespace of a request.
type Namespace struct {
	Labels, Annotations map[string]string
	Graph               *topology.Graph
}

// Decision is what was decided.
type Decision struct {
	policy.Result
	// Name is the Deployment's name (or generateName).
	Name string
	// Settings are what the annotations and the profile came to.
	Settings api.Settings
	// Patch is empty when nothing is to change.
	Patch []patch.Operation
}

// Stage names the step that failed, for metrics.
type Stage string

// The stages.
const (
	StageRead   Stage = "read"
	StageBuild  Stage = "build"
	StageProve  Stage = "prove"
	StageVerify Stage = "verify"
)

// Error is a failure of our own: the object could not be read, or the patch is not
// fit to be sent. The write must then go through as it is.
type Error struct {
	Stage Stage
	Err   error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Stage, e.Err) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Maker makes decisions. It is safe for concurrent use.
type Maker struct {
	resolver *api.Resolver
	readers  sync.Pool
}

// readers are reused: a parsed object costs no memory in the steady state.
type readers struct {
	current, old, draft, proof workload.Reader
}

// NewMaker decides with the given profiles and bounds.
func NewMaker(resolver *api.Resolver) *Maker {
	return &Maker{resolver: resolver, readers: sync.Pool{New: func() any { return new(readers) }}}
}

// Make decides about one write. A non-nil error is an [*Error].
func (m *Maker) Make(req *Request) (Decision, error) {
	r := m.readers.Get().(*readers)
	defer m.readers.Put(r)
	in := policy.Input{NativeSleep: req.NativeSleep, AssumeService: req.AssumeService}
	var err error
	if in.New, err = r.current.Read(req.New); err != nil {
		return Decision{}, &Error{Stage: StageRead, Err: err}
	}
	if len(req.Old) > 0 {
		if in.Old, err = r.old.Read(req.Old); err != nil {
			return Decision{}, &Error{Stage: StageRead, Err: fmt.Errorf("old object: %w", err)}
		}
	}
	in.Settings, in.Problems = m.resolver.Resolve(req.Namespace, in.New.Annotations)
	in.Exposure = req.Graph.Exposure(pods(&in.New.Template))
	d := Decision{Result: policy.Evaluate(&in), Name: in.New.Name, Settings: in.Settings}
	d.Patch, err = r.write(req.New, in.New, &d.Result)
	return d, err
}

// pods lists ordinary containers before sidecars: the order in which Kubernetes
// looks up a named port.
func pods(t *workload.Template) topology.Pods {
	p := topology.Pods{Labels: t.Labels, Containers: make([]topology.Container, 0, len(t.Containers)+len(t.Sidecars))}
	for _, group := range [][]workload.Container{t.Containers, t.Sidecars} {
		for i := range group {
			p.Containers = append(p.Containers, topology.Container{Name: group[i].Name, Ports: group[i].Ports})
		}
	}
	return p
}

// write builds the patch and proves it: it applies to the raw object, and what comes
// out is not refused by validation.
func (r *readers) write(raw []byte, before *workload.Deployment, result *policy.Result) ([]patch.Operation, error) {
	places, err := result.Places(before)
	if err != nil {
		return nil, &Error{Stage: StageBuild, Err: err}
	}
	if len(places) == 0 {
		return nil, nil
	}
	wants := make([]patch.Want, len(places))
	for i, p := range places {
		wants[i] = patch.Want(p)
	}
	draft, err := r.draft.Read(raw)
	if err != nil {
		return nil, &Error{Stage: StageBuild, Err: err}
	}
	ops, err := patch.Build(draft.Raw(), wants)
	if err != nil {
		return nil, &Error{Stage: StageBuild, Err: err}
	}
	if len(ops) == 0 {
		return nil, nil
	}
	if err := r.prove(raw, before, ops); err != nil {
		return nil, err
	}
	return ops, nil
}

func (r *readers) prove(raw []byte, before *workload.Deployment, ops []patch.Operation) error {
	proof, err := r.proof.Read(raw)
	if err != nil {
		return &Error{Stage: StageProve, Err: err}
	}
	if err := patch.Apply(proof.Raw(), ops); err != nil {
		return &Error{Stage: StageProve, Err: err}
	}
	after, err := workload.FromValue(proof.Raw())
	if err != nil {
		return &Error{Stage: StageVerify, Err: err}
	}
	if err := policy.Verify(before, after); err != nil {
		return &Error{Stage: StageVerify, Err: err}
	}
	return nil
}
