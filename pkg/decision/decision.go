package decision

import (
	"fmt"
	"sync"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

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

// Maker makes decisions. It is safe for concurrent use.
type Maker struct {
	resolver *api.Resolver
	memory   sync.Pool
}

// memory is used again from decision to decision: parsing then costs none.
type memory struct {
	current, old, proof fastjson.Parser
	built, applied      patch.Scratch
}

// NewMaker decides with the resolver's profiles and bounds.
func NewMaker(resolver *api.Resolver) *Maker {
	return &Maker{resolver: resolver, memory: sync.Pool{New: func() any { return new(memory) }}}
}

// Make decides about one write. A non-nil error is an [*Error].
func (m *Maker) Make(req *Request) (Decision, error) {
	mem := m.memory.Get().(*memory)
	defer m.memory.Put(mem)
	objects := req.Parsed
	if objects == nil {
		var err error
		if objects, err = mem.parse(req); err != nil {
			return Decision{}, &Error{Stage: StageRead, Err: err}
		}
	}
	in := policy.Input{Room: req.Room, Manifest: req.Manifest, NativeSleep: req.NativeSleep, AssumeService: req.AssumeService, Survey: req.Survey}
	var err error
	if in.New, err = workload.FromValue(objects.New); err != nil {
		return Decision{}, &Error{Stage: StageRead, Err: err}
	}
	if objects.Old != nil {
		if in.Old, err = workload.Stored(objects.Old); err != nil {
			return Decision{}, &Error{Stage: StageRead, Err: fmt.Errorf("old object: %w", err)}
		}
	}
	in.Settings, in.Problems = m.resolver.Resolve(req.Namespace, in.New.Annotations)
	in.Exposure = req.Graph.Exposure(pods(&in.New.Template))
	d := Decision{Result: policy.Evaluate(&in), Name: in.New.Name, Settings: in.Settings}
	err = mem.write(objects, in.New, &d)
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
