package topology

// ingressDoor: an Ingress of LBC or of EKS Auto Mode makes a target group of an ALB for
// each of its backends.
func ingressDoor(in *inputs) ([]backend, []blind) {
	src := *in.Sources
	src.ClassParams, src.hiddenParams = classParamsOf(in), in.hiddenParams()
	return ingressBackends(&src, in.services)
}
