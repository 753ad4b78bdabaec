package policy

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/topology"
	"github.com/rollguard/rollguard/pkg/workload"
)

// readinessProbe keeps traffic away from a container that cannot serve yet. A path
// comes from an annotation, or from a health check of the load balancer that
// somebody wrote on purpose and that a kubelet's check can stand for.
func readinessProbe(e *evaluation) {
	s := &e.in.Settings.Readiness
	r := probeRule{
		word: "readiness", settings: s, code: ReadinessProbeAdded,
		path:     workload.ReadinessProbe,
		present:  func(c *workload.Container) *corev1.Probe { return c.ReadinessProbe },
		failures: *s.FailureThreshold.Value,
		request: func(p provenPort) (string, string) {
			if s.Path.Value != "" {
				return s.Path.Value, backendScheme(p)
			}
			if s.Port.Value == nil && p.route != nil && explicitPath(p.route) {
				c := &e.result.Computed
				c.ReadinessPathSource = "health check of " + p.route.String()
				if reason := unfit(p.route); reason != "" {
					c.ReadinessPathSource += " is not used: " + reason
					return "", ""
				}
				c.ReadinessPath = p.route.HealthCheck.Path
				return p.route.HealthCheck.Path, p.route.HealthCheck.Protocol
			}
			return "", ""
		},
	}
	r.run(e)
}

func explicitPath(r *topology.Route) bool { return r.HealthCheck != nil && r.HealthCheck.ExplicitPath }

// unfit says why a kubelet's HTTP check of the path cannot stand for the load balancer's,
// empty if it can: that takes the port that traffic uses, HTTP or HTTPS, and success codes
// that a kubelet takes for success too (200-399).
func unfit(r *topology.Route) string {
	hc := r.HealthCheck
	switch {
	case r.BackendProtocolVersion == "GRPC":
		return "it speaks gRPC, and a path is for HTTP"
	case !samePort(r):
		return "it asks port " + hc.Port + ", and requests go to port " + servedPort(r)
	case !codesMeanSuccess(hc.SuccessCodes):
		return "of its success codes " + hc.SuccessCodes + " a kubelet takes only 200-399"
	}
	return ""
}

func servedPort(r *topology.Route) string {
	if r.ContainerPort == nil {
		return r.TargetPort.String()
	}
	return strconv.Itoa(int(*r.ContainerPort))
}

func samePort(r *topology.Route) bool {
	hc := r.HealthCheck
	return hc.Port == "traffic-port" || r.TargetType == topology.TargetIP && r.ContainerPort != nil && hc.Port == strconv.Itoa(int(*r.ContainerPort))
}

// codesMeanSuccess reads the ALB's matcher: "200", "200,202", "200-299".
func codesMeanSuccess(codes string) bool {
	for _, item := range strings.Split(codes, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(item), "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(low)
		if err != nil || from < 200 {
			return false
		}
		to, err := strconv.Atoi(high)
		if err != nil || to > 399 {
			return false
		}
	}
	return true
}
