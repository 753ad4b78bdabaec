package topology

// ingressDoor: an Ingress of LBC or of EKS Auto Mode makes a target group of an ALB for
// each of its backends.
func ingressDoor(in *inputs) ([]backend, []blind) {
	src := *in.Sources
	src.ClassParams = classParamsOf(in)
	backends, gaps := ingressBackends(&src, in.services)
	for i := range gaps {
		gaps[i].Reason += in.hiddenParams(gaps[i].Reason)
	}
	return backends, gaps
}
