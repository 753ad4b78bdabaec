package workload

import (
	"errors"
	"fmt"

	"github.com/valyala/fastjson"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/json"
)

// Deployment is the view of one apps/v1 Deployment. Rules read it and never change
// it. It is valid until its [Reader] reads the next object.
type Deployment struct {
	Namespace, Name     string
	Labels, Annotations map[string]string
	// Controller is "Kind/name" of the ownerReference with controller: true.
	Controller string
	// Deleting is set once metadata.deletionTimestamp is.
	Deleting bool
	// Paused is spec.paused: the Deployment controller starts no rollout while it is set.
	Paused bool

	Replicas int32
	Strategy Strategy
	// MinReadySeconds and ProgressDeadlineSeconds are in seconds.
	MinReadySeconds         int32
	ProgressDeadlineSeconds int32

	Template Template

	doc *fastjson.Value
}

// Strategy is spec.strategy with API defaults filled in.
type Strategy struct {
	Type                     string // RollingUpdate or Recreate
	MaxSurge, MaxUnavailable intstr.IntOrString
}

// Template is the part of the Pod template that decides how a rollout goes.
type Template struct {
	Labels, Annotations map[string]string
	HostNetwork         bool
	GracePeriodSeconds  int64
	// Containers are the ordinary ones, in order.
	Containers []Container
	// Sidecars are init containers with restartPolicy Always (KEP-753): they outlive
	// the ordinary containers, and a Service port may lead to one.
	Sidecars []Container
	// Claims are the names of the PersistentVolumeClaims that the Pods mount.
	Claims []string
	// NodeEach is set when no two of the Pods may run on one node.
	NodeEach bool
}

// Container is one container of the template.
type Container struct {
	Name string
	// Command and Args are empty where the image decides.
	Command, Args  []string
	Ports          []corev1.ContainerPort
	StartupProbe   *corev1.Probe
	ReadinessProbe *corev1.Probe
	PreStop        *corev1.LifecycleHandler
}

// Container finds an ordinary container by name.
func (t *Template) Container(name string) *Container {
	for i := range t.Containers {
		if t.Containers[i].Name == name {
			return &t.Containers[i]
		}
	}
	return nil
}

// Renames are the containers that have another name than the one in their place had
// before, by the name of before.
func (d *Deployment) Renames(before *Deployment) map[string]string {
	var out map[string]string
	for i := range min(len(d.Template.Containers), len(before.Template.Containers)) {
		was, is := before.Template.Containers[i].Name, d.Template.Containers[i].Name
		if was == is || d.Template.Container(was) != nil || before.Template.Container(is) != nil {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[was] = is
	}
	return out
}

// Without is a copy of the view in which the given fields are as if nobody had
// written them: absent, or at the API default.
func (d *Deployment) Without(paths []Path) *Deployment {
	out := *d
	if len(paths) == 0 {
		return &out
	}
	out.Template.Containers = append([]Container(nil), d.Template.Containers...)
	for _, p := range paths {
		out.reset(p)
	}
	return &out
}

func (d *Deployment) reset(p Path) {
	switch p {
	case MaxSurge:
		d.Strategy.MaxSurge = intstr.FromString("25%")
	case MaxUnavailable:
		d.Strategy.MaxUnavailable = intstr.FromString("25%")
	case MinReadySeconds:
		d.MinReadySeconds = 0
	case ProgressDeadline:
		d.ProgressDeadlineSeconds = 600
	case GracePeriod:
		d.Template.GracePeriodSeconds = 30
	default:
		name, field := p.Container()
		c := d.Template.Container(name)
		if c == nil {
			return
		}
		switch field {
		case startupProbe:
			c.StartupProbe = nil
		case readinessProbe:
			c.ReadinessProbe = nil
		case preStop:
			c.PreStop = nil
		}
	}
}

// set changes a field outside of any container.
func (d *Deployment) set(p Path, value []byte) error {
	switch p {
	case MaxSurge:
		return json.UnmarshalCaseSensitivePreserveInts(value, &d.Strategy.MaxSurge)
	case MaxUnavailable:
		return json.UnmarshalCaseSensitivePreserveInts(value, &d.Strategy.MaxUnavailable)
	case MinReadySeconds:
		return json.UnmarshalCaseSensitivePreserveInts(value, &d.MinReadySeconds)
	case ProgressDeadline:
		return json.UnmarshalCaseSensitivePreserveInts(value, &d.ProgressDeadlineSeconds)
	case GracePeriod:
		return json.UnmarshalCaseSensitivePreserveInts(value, &d.Template.GracePeriodSeconds)
	}
	return errors.New("no such field")
}

// With is a copy of the view in which a field has another value, given as JSON.
func (d *Deployment) With(p Path, value []byte) (*Deployment, error) {
	name, field := p.Container()
	out := *d
	if name == "" {
		if err := out.set(p, value); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		return &out, nil
	}
	out.Template.Containers = append([]Container(nil), d.Template.Containers...)
	c := out.Template.Container(name)
	if c == nil {
		return nil, fmt.Errorf("%s: no such container", p)
	}
	var err error
	switch field {
	case startupProbe:
		c.StartupProbe = new(corev1.Probe)
		err = json.UnmarshalCaseSensitivePreserveInts(value, c.StartupProbe)
	case readinessProbe:
		c.ReadinessProbe = new(corev1.Probe)
		err = json.UnmarshalCaseSensitivePreserveInts(value, c.ReadinessProbe)
	case preStop:
		c.PreStop = new(corev1.LifecycleHandler)
		err = json.UnmarshalCaseSensitivePreserveInts(value, c.PreStop)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return &out, nil
}
