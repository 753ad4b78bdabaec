package topology

// ingressDoor: an Ingress of LBC or of EKS Auto Mode makes a target group of an ALB for
// each of its backends.
func ingressDoor(in *inputs) ([]backend, []blind) {
	var (
		out  []backend
		gaps []blind
		src  = *in.Sources
	)
	src.ClassParams = classParamsOf(in)
	classes := newClassLoader(&src)
	for _, ing := range in.Ingresses {
		class, gap := classes.load(ing)
		if gap != nil {
			gap.Reason += in.hiddenParams(gap.Reason)
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
