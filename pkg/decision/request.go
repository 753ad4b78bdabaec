package decision

import (
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/capacity"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Request is one write of one Deployment and what is known around it.
type Request struct {
	// New is the object as the request wants it, Old the stored one; Old is empty on
	// create. Both are JSON and must not change while the request is decided.
	New, Old []byte
	// Parsed are the objects where the caller has parsed them already, as parts of
	// something larger. New and Old are then not looked at.
	Parsed *Parsed
	// Namespace are the annotations of the request's namespace.
	Namespace map[string]string
	// Graph is the namespace's topology.
	Graph *topology.Graph
	// Room is what the namespace leaves to new Pods.
	Room capacity.Room
	// Manifest, NativeSleep and AssumeService: see [policy.Input].
	Manifest, NativeSleep, AssumeService bool
	// Survey is set when New is a stored object that nobody is writing: see
	// [policy.Input].
	Survey policy.Survey
}

// Parsed are the objects of a request as JSON trees.
type Parsed struct {
	// New and Old: see [Request]; Old is nil on create. New is changed while the patch is
	// written.
	New, Old *fastjson.Value
	// Bytes is the length of the text that they were parsed from.
	Bytes int
	// Fresh parses the new object once more: the patch is proven on a copy that nothing
	// has touched.
	Fresh func() (*fastjson.Value, error)
}

// parse makes trees of raw objects.
func (mem *memory) parse(req *Request) (*Parsed, error) {
	raw := req.New
	p := &Parsed{Bytes: len(req.New) + len(req.Old), Fresh: func() (*fastjson.Value, error) { return mem.proof.ParseBytes(raw) }}
	var err error
	if p.New, err = mem.current.ParseBytes(raw); err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	if len(req.Old) > 0 {
		if p.Old, err = mem.old.ParseBytes(req.Old); err != nil {
			return nil, fmt.Errorf("old object: deployment: %w", err)
		}
	}
	return p, nil
}

// Namespace is what must be known about the namespace of a request.
type Namespace struct {
	Labels, Annotations map[string]string
	Graph               *topology.Graph
	Room                capacity.Room
}
