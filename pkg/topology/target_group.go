package topology

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const annotationPrefix = "alb.ingress.kubernetes.io/"

// annotations reads LBC's annotations: the Service's beats the Ingress's, even when
// it is empty (LBC pkg/ingress/model_build_target_group.go).
type annotations struct {
	service, ingress map[string]string
}

func (a annotations) text(name, byDefault string) string {
	if v, ok := a.lookup(name); ok && v != "" {
		return v
	}
	return byDefault
}

func (a annotations) lookup(name string) (string, bool) {
	if v, ok := a.service[annotationPrefix+name]; ok {
		return v, true
	}
	v, ok := a.ingress[annotationPrefix+name]
	return v, ok
}

// number reads a whole number without trimming blanks, as LBC does.
func (a annotations) number(name string, byDefault int32) (int32, error) {
	v, ok := a.lookup(name)
	if !ok {
		return byDefault, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("annotation %s%s: %q is not a whole number", annotationPrefix, name, v)
	}
	return int32(n), nil
}

// oneOf reads a word that must be one of a few, in exactly this spelling.
func (a annotations) oneOf(name, byDefault string, allowed ...string) (string, error) {
	v, ok := a.lookup(name)
	if !ok {
		return byDefault, nil
	}
	for _, word := range allowed {
		if v == word {
			return v, nil
		}
	}
	return "", fmt.Errorf("annotation %s%s: %q is none of %s", annotationPrefix, name, v, strings.Join(allowed, ", "))
}

// targetGroup fills in what the target group of a backend looks like.
func targetGroup(r *Route, a annotations, class *class, b *backend) error {
	var err error
	if r.TargetType, err = a.oneOf("target-type", class.defaultTargetType, TargetIP, TargetInstance); err != nil {
		return err
	}
	if class.targetType != "" {
		r.TargetType = class.targetType
	}
	if r.TargetType == TargetInstance && b.service.Spec.Type != corev1.ServiceTypeNodePort && b.service.Spec.Type != corev1.ServiceTypeLoadBalancer {
		return fmt.Errorf("wants instance targets, for which Service %s would have to be of type NodePort or LoadBalancer", b.service.Name)
	}
	if r.BackendProtocol, err = a.oneOf("backend-protocol", "HTTP", "HTTP", "HTTPS"); err != nil {
		return err
	}
	if r.BackendProtocolVersion, err = a.oneOf("backend-protocol-version", "HTTP1", "HTTP1", "HTTP2", "GRPC"); err != nil {
		return err
	}
	if r.HealthCheck, err = healthCheck(r, a, b); err != nil {
		return err
	}
	r.DeregistrationDelaySeconds, err = deregistrationDelay(a)
	return err
}

// healthCheck applies LBC's defaults (pkg/ingress/model_builder.go): 15 s, 5 s,
// "/" and 200, or for gRPC "/AWS.ALB/healthcheck" and 12.
func healthCheck(r *Route, a annotations, b *backend) (*HealthCheck, error) {
	hc := &HealthCheck{Path: "/", SuccessCodes: "200"}
	if r.BackendProtocolVersion == "GRPC" {
		hc.Path, hc.SuccessCodes = "/AWS.ALB/healthcheck", "12"
	}
	if path, ok := a.lookup("healthcheck-path"); ok {
		hc.Path, hc.ExplicitPath = path, path != ""
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
	return hc, nil
}

func healthCheckPort(r *Route, a annotations, b *backend) (string, error) {
	const traffic = "traffic-port"
	v := a.text("healthcheck-port", traffic)
	if v == traffic {
		return v, nil
	}
	if _, err := strconv.ParseInt(v, 10, 32); err == nil {
		return v, nil
	}
	for i := range b.service.Spec.Ports {
		p := &b.service.Spec.Ports[i]
		switch {
		case p.Name != v:
		case r.TargetType == TargetInstance:
			return strconv.Itoa(int(p.NodePort)), nil
		case p.TargetPort.Type == intstr.String:
			return "", fmt.Errorf("annotation %shealthcheck-port names port %s, whose target port is a name: LBC refuses that for ip targets", annotationPrefix, v)
		default:
			return strconv.Itoa(p.TargetPort.IntValue()), nil
		}
	}
	return "", fmt.Errorf("annotation %shealthcheck-port: Service %s has no port %q", annotationPrefix, b.service.Name, v)
}

// deregistrationDelay reads one attribute of a list "key=value,key=value".
func deregistrationDelay(a annotations) (*int32, error) {
	list, ok := a.lookup("target-group-attributes")
	if !ok {
		return nil, nil
	}
	for _, item := range strings.Split(list, ",") {
		key, value, _ := strings.Cut(item, "=")
		if strings.TrimSpace(key) != "deregistration_delay.timeout_seconds" {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32)
		if err != nil {
			return nil, fmt.Errorf("annotation %starget-group-attributes: %q is not a number of seconds", annotationPrefix, value)
		}
		delay := int32(n)
		return &delay, nil
	}
	return nil, nil
}
