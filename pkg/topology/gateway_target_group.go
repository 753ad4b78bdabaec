package topology

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const trafficPort = "traffic-port"

// defaultTargetType is LBC's flag.
func (in *inputs) defaultTargetType() string {
	if in.Options.DefaultTargetType == "" {
		return TargetInstance
	}
	return in.Options.DefaultTargetType
}

// apply fills in what the target group of a route looks like, with the defaults of LBC's
// pkg/gateway/model/model_build_target_group.go: 15 s, 5 s, 3, and "/" and 200-399, or for
// gRPC "/AWS.ALB/healthcheck" and 12.
func (p *TargetGroupProps) apply(r *Route, svc *corev1.Service, port *corev1.ServicePort, byDefault string) error {
	r.TargetType = value(p.TargetType, byDefault)
	if r.TargetType == TargetInstance && !hasNodePorts(svc) {
		return needsNodePort(svc)
	}
	switch r.Via {
	case ViaTCPRoute:
		r.BackendProtocol = "TCP"
	case ViaUDPRoute:
		r.BackendProtocol = "UDP"
	case ViaTLSRoute:
		r.BackendProtocol = "TLS"
	default:
		r.BackendProtocol = "HTTP"
		r.BackendProtocolVersion = Nullable(value(p.ProtocolVersion, protocolVersion(r.Via, port)))
	}
	r.BackendProtocol = value(p.Protocol, r.BackendProtocol)
	var err error
	if r.HealthCheck, err = p.healthCheck(r, svc); err != nil {
		return err
	}
	if delay, ok := p.attribute(attributeDelay); ok {
		n, err := strconv.ParseInt(delay, 10, 32)
		if err != nil {
			return fmt.Errorf("has attribute %s: %q is not a number of seconds", attributeDelay, delay)
		}
		seconds := int32(n)
		r.DeregistrationDelaySeconds = &seconds
	}
	return nil
}

// attributeDelay is the attribute of a target group that says how long it drains.
const attributeDelay = "deregistration_delay.timeout_seconds"

func protocolVersion(kind string, port *corev1.ServicePort) string {
	switch {
	case kind == ViaGRPCRoute:
		return "GRPC"
	case port.AppProtocol != nil && *port.AppProtocol == "kubernetes.io/h2c":
		return "HTTP2"
	}
	return "HTTP1"
}

func (p *TargetGroupProps) healthCheck(r *Route, svc *corev1.Service) (*HealthCheck, error) {
	c := p.HealthCheckConfig
	if c == nil {
		c = &HealthCheckProps{}
	}
	byDefault := gatewayHealthCheck(r, svc)
	hc := &HealthCheck{
		Protocol:         value(c.HealthCheckProtocol, byDefault.Protocol),
		IntervalSeconds:  value(c.HealthCheckInterval, byDefault.IntervalSeconds),
		TimeoutSeconds:   value(c.HealthCheckTimeout, byDefault.TimeoutSeconds),
		HealthyThreshold: value(c.HealthyThresholdCount, byDefault.HealthyThreshold),
	}
	var err error
	if hc.Port, err = checkPort(value(c.HealthCheckPort, byDefault.Port), r.TargetType, svc); err != nil {
		return nil, err
	}
	if hc.Protocol == "TCP" {
		return hc, nil
	}
	hc.Path, hc.ExplicitPath = value(c.HealthCheckPath, byDefault.Path), c.HealthCheckPath != nil && usablePath(*c.HealthCheckPath)
	hc.SuccessCodes = byDefault.SuccessCodes
	if m := c.Matcher; m != nil && r.BackendProtocolVersion == "GRPC" {
		hc.SuccessCodes = value(m.GRPCCode, hc.SuccessCodes)
	} else if m != nil {
		hc.SuccessCodes = value(m.HTTPCode, hc.SuccessCodes)
	}
	return hc, nil
}

// gatewayHealthCheck are the defaults.
func gatewayHealthCheck(r *Route, svc *corev1.Service) HealthCheck {
	hc := HealthCheck{
		Path: "/", Port: trafficPort, Protocol: r.BackendProtocol, SuccessCodes: "200-399",
		IntervalSeconds: 15, TimeoutSeconds: 5, HealthyThreshold: 3,
	}
	switch {
	case r.Balancer == NLB && localNodes(r, svc):
		return localHealthCheck(svc)
	case r.Balancer == NLB:
		hc.Protocol = "TCP"
	case r.BackendProtocolVersion == "GRPC":
		hc.Path, hc.SuccessCodes = "/AWS.ALB/healthcheck", "12"
	}
	return hc
}

// localNodes tells whether an NLB asks kube-proxy on each node whether it has Pods.
func localNodes(r *Route, svc *corev1.Service) bool {
	return r.TargetType == TargetInstance && svc.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
}

// localHealthCheck is LBC's default then; it is about nodes and says nothing of a Pod.
func localHealthCheck(svc *corev1.Service) HealthCheck {
	return HealthCheck{
		Path: "/healthz", Port: strconv.Itoa(int(svc.Spec.HealthCheckNodePort)), Protocol: "HTTP", SuccessCodes: "200-399",
		IntervalSeconds: 10, TimeoutSeconds: 6, HealthyThreshold: 2,
	}
}

// checkPort resolves the name of a Service port, as LBC does: to a node port for
// instance targets, else to a numeric target port.
func checkPort(port, targetType string, svc *corev1.Service) (string, error) {
	if _, err := strconv.ParseInt(port, 10, 32); err == nil || port == trafficPort {
		return port, nil
	}
	p := portOf(svc, intstr.FromString(port))
	switch {
	case p == nil:
		return "", fmt.Errorf("has health check port %q, and Service %s has no such port", port, svc.Name)
	case targetType == TargetInstance:
		return strconv.Itoa(int(p.NodePort)), nil
	case p.TargetPort.Type == intstr.String:
		return "", fmt.Errorf("has health check port %s, whose target port is a name: LBC refuses that for ip targets", port)
	}
	return strconv.Itoa(p.TargetPort.IntValue()), nil
}

// value is what was set, or the default.
func value[T any](set *T, byDefault T) T {
	if set == nil {
		return byDefault
	}
	return *set
}
