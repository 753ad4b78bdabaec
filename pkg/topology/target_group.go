package topology

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// targetGroup fills in what the target group of a backend looks like (LBC
// pkg/ingress/model_build_target_group.go).
func targetGroup(r *Route, a annotations, class *class, b *backend) error {
	var err error
	if r.TargetType, err = targetType(a, class); err != nil {
		return err
	}
	if r.TargetType == TargetInstance && !hasNodePort(b.service, b.port) {
		return fmt.Errorf("wants instance targets, for which Service %s would have to have node ports: type NodePort or LoadBalancer", b.service.Name)
	}
	if r.BackendProtocol, err = a.oneOf("backend-protocol", "HTTP", "HTTP", "HTTPS"); err != nil {
		return err
	}
	version, err := a.oneOf("backend-protocol-version", "HTTP1", "HTTP1", "HTTP2", "GRPC")
	if err != nil {
		return err
	}
	r.BackendProtocolVersion = Nullable(version)
	if r.HealthCheck, err = healthCheck(r, a, b); err != nil {
		return err
	}
	r.DeregistrationDelaySeconds, err = deregistrationDelay(a)
	return err
}

// targetType leaves a wrong annotation unread when the class parameters decide.
func targetType(a annotations, class *class) (string, error) {
	if class.params.TargetType != "" {
		return class.params.TargetType, nil
	}
	return a.oneOf("target-type", class.defaultTargetType, TargetIP, TargetInstance)
}

// hasNodePort tells whether the API server gives the Service port a node port. In
// files it need not be written.
func hasNodePort(svc *corev1.Service, port *corev1.ServicePort) bool {
	switch svc.Spec.Type {
	case corev1.ServiceTypeNodePort:
		return true
	case corev1.ServiceTypeLoadBalancer:
		allocate := svc.Spec.AllocateLoadBalancerNodePorts
		return port.NodePort != 0 || allocate == nil || *allocate
	}
	return false
}

// healthCheck applies LBC's defaults (pkg/ingress/model_builder.go): 15 s, 5 s,
// "/" and 200, or for gRPC "/AWS.ALB/healthcheck" and 12.
func healthCheck(r *Route, a annotations, b *backend) (*HealthCheck, error) {
	hc := &HealthCheck{Path: "/", SuccessCodes: "200"}
	if r.BackendProtocolVersion == "GRPC" {
		hc.Path, hc.SuccessCodes = "/AWS.ALB/healthcheck", "12"
	}
	if path, ok := a.lookup("healthcheck-path"); ok {
		hc.Path, hc.ExplicitPath = path, usablePath(path)
	}
	hc.SuccessCodes = a.text("success-codes", hc.SuccessCodes)
	var err error
	if hc.Protocol, err = a.oneOf("healthcheck-protocol", r.BackendProtocol, "HTTP", "HTTPS"); err != nil {
		return nil, err
	}
	if hc.Port, err = healthCheckPort(r, a, b); err != nil {
		return nil, err
	}
	if hc.IntervalSeconds, err = a.number("healthcheck-interval-seconds", 15); err != nil {
		return nil, err
	}
	if hc.TimeoutSeconds, err = a.number("healthcheck-timeout-seconds", 5); err != nil {
		return nil, err
	}
	if hc.HealthyThreshold, err = a.number("healthy-threshold-count", 2); err != nil {
		return nil, err
	}
	// It decides nothing here, but a mistake in it stops LBC.
	if _, err = a.number("unhealthy-threshold-count", 2); err != nil {
		return nil, err
	}
	return hc, nil
}

func healthCheckPort(r *Route, a annotations, b *backend) (string, error) {
	const traffic = "traffic-port"
	v := a.text("healthcheck-port", traffic)
	if v == traffic || parsePort(v).Type == intstr.Int {
		return v, nil
	}
	for i := range b.service.Spec.Ports {
		p := &b.service.Spec.Ports[i]
		switch {
		case p.Name != v:
		case r.TargetType == TargetInstance:
			return strconv.Itoa(int(p.NodePort)), nil
		case p.TargetPort.Type == intstr.String:
			return "", unusable("healthcheck-port", "it names port %s, whose target port is a name, which is refused for ip targets", v)
		default:
			return strconv.Itoa(p.TargetPort.IntValue()), nil
		}
	}
	return "", unusable("healthcheck-port", "Service %s has no port %q", b.service.Name, v)
}

// deregistrationDelay reads one attribute of the list. AWS refuses what is no number.
func deregistrationDelay(a annotations) (*int32, error) {
	const list = "target-group-attributes"
	attributes, err := a.pairs(list)
	if err != nil {
		return nil, err
	}
	value, ok := attributes["deregistration_delay.timeout_seconds"]
	if !ok {
		return nil, nil
	}
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil {
		return nil, unusable(list, "%q is not a number of seconds", value)
	}
	delay := int32(n)
	return &delay, nil
}
