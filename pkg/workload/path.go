package workload

import "strings"

// Path names one field that Rollguard may write, in the form people read in
// findings and in the record. Container fields are keyed by container name, not by
// index, so that a path stays true when containers are reordered.
type Path string

// The fields outside any container. This list, with the container fields below, is
// the closed set: no other field of a Deployment's spec is ever written.
const (
	MaxSurge         Path = "spec.strategy.rollingUpdate.maxSurge"
	MaxUnavailable   Path = "spec.strategy.rollingUpdate.maxUnavailable"
	MinReadySeconds  Path = "spec.minReadySeconds"
	ProgressDeadline Path = "spec.progressDeadlineSeconds"
	GracePeriod      Path = "spec.template.spec.terminationGracePeriodSeconds"
)

const (
	containerPrefix = "spec.template.spec.containers["

	startupProbe   = "startupProbe"
	readinessProbe = "readinessProbe"
	preStop        = "lifecycle.preStop"
	lifecycle      = "lifecycle"
)

// StartupProbe is the startup probe of the named container.
func StartupProbe(container string) Path { return containerPath(container, startupProbe) }

// ReadinessProbe is the readiness probe of the named container.
func ReadinessProbe(container string) Path { return containerPath(container, readinessProbe) }

// PreStop is the preStop hook of the named container.
func PreStop(container string) Path { return containerPath(container, preStop) }

// Lifecycle is the object around the hooks of the named container. It is not of the
// closed set: only an empty one is ever added or taken away, which says nothing, but
// to the Deployment controller is another template than none.
func Lifecycle(container string) Path { return containerPath(container, lifecycle) }

func containerPath(container, field string) Path {
	return Path(containerPrefix + container + "]." + field)
}

// InTemplate tells whether a change of the field starts a rollout: everything in
// the Pod template does, the strategy and the two deadlines do not
// (Kubernetes pkg/controller/deployment/sync.go).
func (p Path) InTemplate() bool { return strings.HasPrefix(string(p), "spec.template.") }

// Known tells whether the path is in the closed set. Paths come back to us in the
// record, which anybody may edit, so each is checked before it is used.
func (p Path) Known() bool {
	switch p {
	case MaxSurge, MaxUnavailable, MinReadySeconds, ProgressDeadline, GracePeriod:
		return true
	}
	container, field := p.Container()
	if container == "" {
		return false
	}
	return field == startupProbe || field == readinessProbe || field == preStop
}

// Container splits a container path into the container's name and the field below
// it. The name is empty for the other paths.
func (p Path) Container() (name, field string) {
	rest, ok := strings.CutPrefix(string(p), containerPrefix)
	if !ok {
		return "", ""
	}
	name, field, ok = strings.Cut(rest, "].")
	if !ok {
		return "", ""
	}
	return name, field
}

// Fields are the names that lead to the field, from the Deployment on or, for a field of
// a container, from the container on.
func (p Path) Fields() []string {
	text := string(p)
	if _, field := p.Container(); field != "" {
		text = field
	}
	return strings.Split(text, ".")
}

// InContainer is the same field of another container.
func (p Path) InContainer(name string) Path {
	_, field := p.Container()
	return containerPath(name, field)
}

// APIDefault is the value, as JSON, that the API server fills in when the author
// leaves the field out, or "" where the field then stays absent.
// Source: Kubernetes pkg/apis/apps/v1/defaults.go and pkg/apis/core/v1/defaults.go.
func (p Path) APIDefault() string {
	switch p {
	case MaxSurge, MaxUnavailable:
		return `"25%"`
	case ProgressDeadline:
		return "600"
	case GracePeriod:
		return "30"
	case MinReadySeconds:
		return "0"
	}
	return ""
}
