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
	word, known := map[string]string{
		startupProbe: "the startup probe", readinessProbe: "the readiness probe",
		preStop: "the preStop hook", lifecycle: "the lifecycle",
	}[field]
	if !known {
		return string(p)
	}
	return word + " in container " + container
}
