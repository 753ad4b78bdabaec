package manifest

import (
	"errors"
	"slices"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/patch"
)

// Standing says whether the webhook would be called for a Deployment. The values are
// stable: "explain" prints them as codes.
type Standing string

// The standings.
const (
	// Guarded: the webhook is called.
	Guarded Standing = "Guarded"
	// NamespaceNotEnabled: the Namespace is in the files and has no label.
	NamespaceNotEnabled Standing = "NamespaceNotEnabled"
	// NamespaceNotKnown: the Namespace is not in the files.
	NamespaceNotKnown Standing = "NamespaceNotKnown"
	// SystemNamespace: the webhook is never called for Kubernetes' own namespaces.
	SystemNamespace Standing = "SystemNamespace"
	// NamespaceExcluded: the configuration keeps the webhook out of the namespace.
	NamespaceExcluded Standing = "NamespaceExcluded"
	// OptedOut: the Deployment has the label that says so.
	OptedOut Standing = "OptedOut"
)

// Deployment is one apps/v1 Deployment of the files.
type Deployment struct {
	Namespace, Name string
	Place           Place
	// JSON is the object as it stands in the file. It must not be changed.
	JSON     []byte
	Standing Standing
	// Label is what the label rollguard.io/inject of its namespace says, "" without it.
	Label string

	object *object
	stored bool
}

// Stored tells whether the object was read from an API server: it then brings evidence
// of what its author wrote, and holds defaults that he did not write.
func (d *Deployment) Stored() bool { return d.stored }

// Key is "namespace/name".
func (d *Deployment) Key() string { return d.Namespace + "/" + d.Name }

// Fail is an error about this Deployment.
func (d *Deployment) Fail(err error) *Error { return d.object.fail(err) }

// Edit is a patch for one Deployment.
type Edit struct {
	Deployment *Deployment
	Patch      []patch.Operation
}

// lastApplied is where kubectl apply keeps the author's manifest.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

func (s *Set) addDeployment(o *object) error {
	v, err := s.parser.ParseBytes(o.json)
	if err != nil {
		return err
	}
	// The label decides whether the Deployment is read at all, so a mistake here
	// would otherwise never be seen.
	labels := v.Get("metadata", "labels")
	if labels != nil && labels.Type() != fastjson.TypeObject && labels.Type() != fastjson.TypeNull {
		return errors.New("field metadata.labels is a JSON " + labels.Type().String() + " where an object is expected")
	}
	d := &Deployment{Namespace: o.namespace, Name: o.name, Place: o.doc.place, JSON: o.json, object: o}
	d.stored = v.Exists("metadata", "managedFields") || v.Exists("metadata", "annotations", lastApplied)
	if string(v.GetStringBytes("metadata", "labels", api.LabelInject)) == api.InjectDisabled {
		d.Standing = OptedOut
	}
	s.Deployments = append(s.Deployments, d)
	return nil
}

// settleStanding finds out whether the webhook would be called.
func (s *Set) settleStanding(d *Deployment) {
	if of := s.Standing(d.Namespace); of != Guarded || d.Standing == "" {
		d.Standing = of
	}
	if ns, known := s.namespaces[d.Namespace]; known {
		d.Label = ns.Labels[api.LabelInject]
	}
}

// Standing tells whether the webhook would be called for the Deployments of a namespace.
func (s *Set) Standing(namespace string) Standing {
	ns, known := s.namespaces[namespace]
	switch {
	case namespace == "kube-system", namespace == "kube-node-lease":
		return SystemNamespace
	case slices.Contains(s.options.Excluded, namespace):
		return NamespaceExcluded
	case known && ns.Labels[api.LabelInject] != api.InjectEnabled:
		return NamespaceNotEnabled
	case !known && !s.options.AssumeEnabled:
		return NamespaceNotKnown
	}
	return Guarded
}
