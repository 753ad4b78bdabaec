package workload

// Words name the field for people: "maxSurge", "the readiness probe in container app".
func (p Path) Words() string {
	switch p {
	case MaxSurge:
		return "maxSurge"
	case MaxUnavailable:
		return "maxUnavailable"
	case MinReadySeconds:
		return "minReadySeconds"
	case ProgressDeadline:
		return "progressDeadlineSeconds"
	case GracePeriod:
		return "the grace period"
	}
	container, field := p.Container()
	switch field {
	case startupProbe:
		return "the startup probe in container " + container
	case readinessProbe:
		return "the readiness probe in container " + container
	case preStop:
		return "the preStop hook in container " + container
	case lifecycle:
		return "the lifecycle in container " + container
	}
	return string(p)
}
