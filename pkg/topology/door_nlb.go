package topology

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// nlbDoor: a Service may ask for an NLB of its own, which gets a target group for each
// port (LBC pkg/service/service_utils.go and model_build_target_group.go). A Service of
// type LoadBalancer without a class belongs to the cloud provider: where LBC is to have it,
// LBC's own webhook has set the class (LBC webhooks/core/service_mutator.go). One that asks
// the cloud provider for an NLB gets one of nodes; what any other gets cannot be told.
func nlbDoor(in *inputs) ([]backend, []blind) {
	var out []backend
	var gaps []blind
	for i := range in.Services {
		svc := in.Services[i]
		controller, err := nlbController(svc)
		if err == nil && controller == "" && len(in.found[svc.Name]) == 0 {
			err = unknownBalancer(svc)
		}
		for j := 0; j < len(svc.Spec.Ports) && controller != "" && err == nil; j++ {
			var b *backend
			if b, err = newNLBBackend(svc, &svc.Spec.Ports[j], controller, in.defaultTargetType()); err == nil {
				out = append(out, *b)
			}
		}
		if err != nil {
			gap := Gap{Object: "Service " + fullName(svc), Reason: err.Error()}
			gaps = append(gaps, blind{Gap: gap, services: []string{svc.Name}})
		}
	}
	return out, gaps
}

// The classes of Services by which an NLB is asked for.
const (
	classNLB         = "service.k8s.aws/nlb"
	classNLBAutoMode = autoModeGroup + "/nlb"
)

// cloudProvider stands for the AWS cloud provider's Service controller, which has no class.
const cloudProvider = "cloud provider"

// anybodys tells whether the cloud provider makes a load balancer for a Service.
func anybodys(svc *corev1.Service) bool {
	return svc.Spec.Type == corev1.ServiceTypeLoadBalancer && noClass(svc) && svc.DeletionTimestamp == nil
}

func noClass(svc *corev1.Service) bool {
	return svc.Spec.LoadBalancerClass == nil || *svc.Spec.LoadBalancerClass == ""
}

const nlbPrefix = "service.beta.kubernetes.io/aws-load-balancer-"

// unknownBalancer says why it cannot be told what a Service gets that asks for a load
// balancer, and is nil for one that asks for none.
func unknownBalancer(svc *corev1.Service) error {
	switch {
	case svc.Spec.Type != corev1.ServiceTypeLoadBalancer || svc.DeletionTimestamp != nil:
		return nil
	case noClass(svc):
		return errors.New("is of type LoadBalancer and says neither by class nor by annotation what it gets (from the AWS cloud provider a Classic Load Balancer, which sends to the nodes)")
	}
	return fmt.Errorf("has loadBalancerClass %s, and what that load balancer does is not known", *svc.Spec.LoadBalancerClass)
}

// nlbController tells whose NLB a Service asks for, "" for nobody's. A class decides
// alone; without one, annotations do, on Services of any type.
func nlbController(svc *corev1.Service) (string, error) {
	if svc.DeletionTimestamp != nil {
		return "", nil
	}
	if !noClass(svc) {
		class := svc.Spec.LoadBalancerClass
		if *class == classNLB || *class == classNLBAutoMode {
			return *class, nil
		}
		return "", nil
	}
	targetType := svc.Annotations[nlbPrefix+"nlb-target-type"]
	switch svc.Annotations[nlbPrefix+"type"] {
	case "nlb-ip":
		return classNLB, nil
	case "external":
		if targetType == TargetIP || targetType == TargetInstance {
			return classNLB, nil
		}
		return "", fmt.Errorf("has the annotation %stype: external, for which %snlb-target-type would have to be ip or instance", nlbPrefix, nlbPrefix)
	case "nlb":
		switch {
		case !anybodys(svc):
		case targetType == TargetIP:
			return "", fmt.Errorf("has the annotation %stype: nlb, by which the cloud provider makes an NLB of nodes, and asks for ip targets, which only the AWS Load Balancer Controller makes: loadBalancerClass %s would tell", nlbPrefix, classNLB)
		default:
			return cloudProvider, nil
		}
	}
	return "", nil
}

func newNLBBackend(svc *corev1.Service, port *corev1.ServicePort, controller, targetType string) (*backend, error) {
	a := nlbAnnotations(svc.Annotations)
	r := Route{
		Via: ViaService, Controller: controller, Balancer: NLB, Service: svc.Name, ServicePort: port.Name,
		TargetType: a.text("nlb-target-type", targetType), BackendProtocol: string(port.Protocol),
	}
	if port.Name == "" {
		r.ServicePort = strconv.Itoa(int(port.Port))
	}
	if controller == cloudProvider { // its health check has other defaults, which differ by version
		r.TargetType = TargetInstance
		return &backend{service: svc, port: port, route: r}, nil
	}
	if a.text("type", "") == "nlb-ip" {
		r.TargetType = TargetIP
	}
	if r.TargetType != TargetIP {
		r.TargetType = TargetInstance // as LBC reads any other word
		if svc.Spec.Type == corev1.ServiceTypeClusterIP || svc.Spec.Type == "" {
			return nil, needsNodePort(svc)
		}
	}
	var err error
	if r.HealthCheck, err = a.healthCheck(&r, svc); err != nil {
		return nil, err
	}
	// The list has the form that Ingresses have too.
	r.DeregistrationDelaySeconds, err = deregistrationDelay(annotations{service: map[string]string{
		annotationPrefix + "target-group-attributes": a.text("target-group-attributes", ""),
	}})
	return &backend{service: svc, port: port, route: r}, err
}

// nlbAnnotations reads LBC's annotations of Services.
type nlbAnnotations map[string]string

func (a nlbAnnotations) text(name, byDefault string) string {
	if v, ok := a[nlbPrefix+name]; ok {
		return v
	}
	return byDefault
}

func (a nlbAnnotations) number(name string, byDefault int32) (int32, error) {
	v, ok := a[nlbPrefix+name]
	if !ok {
		return byDefault, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("has annotation %s%s: %q is not a whole number", nlbPrefix, name, v)
	}
	return int32(n), nil
}

// healthCheck applies LBC's defaults for Services: TCP every 10 s, 10 s, 3 in a row; or
// what kube-proxy says of the node, where traffic stays on it.
func (a nlbAnnotations) healthCheck(r *Route, svc *corev1.Service) (*HealthCheck, error) {
	byDefault := HealthCheck{Path: "/", Port: trafficPort, Protocol: "TCP", SuccessCodes: "200-399", IntervalSeconds: 10, TimeoutSeconds: 10, HealthyThreshold: 3}
	if localNodes(r, svc) {
		byDefault = localHealthCheck(svc)
	}
	hc := &HealthCheck{Protocol: strings.ToUpper(a.text("healthcheck-protocol", byDefault.Protocol))}
	var err error
	switch hc.Protocol {
	case "TCP":
	case "HTTP", "HTTPS":
		hc.Path = a.text("healthcheck-path", byDefault.Path)
		hc.ExplicitPath = usablePath(a.text("healthcheck-path", ""))
		hc.SuccessCodes = a.text("healthcheck-success-codes", byDefault.SuccessCodes)
	default:
		return nil, fmt.Errorf("has annotation %shealthcheck-protocol: %q is none of TCP, HTTP, HTTPS", nlbPrefix, hc.Protocol)
	}
	if hc.Port, err = checkPort(a.text("healthcheck-port", byDefault.Port), r.TargetType, svc); err != nil {
		return nil, err
	}
	if hc.IntervalSeconds, err = a.number("healthcheck-interval", byDefault.IntervalSeconds); err != nil {
		return nil, err
	}
	if hc.TimeoutSeconds, err = a.number("healthcheck-timeout", byDefault.TimeoutSeconds); err != nil {
		return nil, err
	}
	hc.HealthyThreshold, err = a.number("healthcheck-healthy-threshold", byDefault.HealthyThreshold)
	return hc, err
}
