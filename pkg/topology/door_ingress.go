package topology

// ingressDoor: an Ingress of LBC or of EKS Auto Mode makes a target group of an ALB for
// each of its backends.
func ingressDoor(in *inputs) ([]backend, []blind) {
	var (
		out     []backend
		gaps    []blind
		classes = newClassLoader(in.Sources)
	)
	for _, ing := range in.Ingresses {
		class, gap := classes.load(ing)
		if gap != nil {
			gaps = append(gaps, *gap)
		}
		if class == nil {
			continue
		}
		backends, more := ingressBackends(ing, class, in.services)
		out, gaps = append(out, backends...), append(gaps, more...)
	}
	return out, gaps
}
