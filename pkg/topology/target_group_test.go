package topology_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/topology"
)

func TestTheTargetTypeComesFromTheStrongestSource(t *testing.T) {
	const key = lbc + "target-type"
	for _, tc := range []struct {
		name                              string
		params, service, ingress, options string
		want                              topology.Kind
	}{
		{"instance by default", "", "", "", "", topology.ALBInstance},
		{"the controller's flag", "", "", "", "ip", topology.ALBIP},
		{"the Ingress beats the flag", "", "", "instance", "ip", topology.ALBInstance},
		{"the Service beats the Ingress", "", "ip", "instance", "", topology.ALBIP},
		{"the class parameters beat the Service", "instance", "ip", "ip", "ip", topology.ALBInstance},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := with(ingress(), class("alb", topology.ControllerLBC, parameters("elbv2.k8s.aws", "IngressClassParams", "p")))
			src.ClassParams = []*topology.IngressClassParams{{Group: "elbv2.k8s.aws", Name: "p", TargetType: tc.params}}
			src.Options.DefaultTargetType = tc.options
			if tc.ingress != "" {
				src.Ingresses[0].Annotations[key] = tc.ingress
			}
			if tc.service != "" {
				src.Services[0].Annotations[key] = tc.service
			}
			if got := exposure(src).Kind; got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// settings builds a graph of ip targets with LBC annotations on both objects.
func settings(onService, onIngress map[string]string) topology.Exposure {
	src := sources()
	src.Ingresses[0].Annotations[lbc+"target-type"] = "ip"
	for key, value := range onService {
		src.Services[0].Annotations[lbc+key] = value
	}
	for key, value := range onIngress {
		src.Ingresses[0].Annotations[lbc+key] = value
	}
	return exposure(src)
}

type texts = map[string]string

func TestTheHealthCheckHasTheControllersDefaults(t *testing.T) {
	check := func(change func(*topology.HealthCheck)) *topology.HealthCheck {
		hc := &topology.HealthCheck{Path: "/", Port: "traffic-port", Protocol: "HTTP", SuccessCodes: "200", IntervalSeconds: 15, HealthyThreshold: 2, TimeoutSeconds: 5}
		change(hc)
		return hc
	}
	for _, tc := range []struct {
		name             string
		service, ingress texts
		want             *topology.HealthCheck
	}{
		{"nothing said", nil, nil, check(func(*topology.HealthCheck) {})},
		{"a path that somebody wrote is explicit", nil, texts{"healthcheck-path": "/ok"},
			check(func(hc *topology.HealthCheck) { hc.Path, hc.ExplicitPath = "/ok", true })},
		{"the path / that somebody wrote is explicit too", nil, texts{"healthcheck-path": "/"},
			check(func(hc *topology.HealthCheck) { hc.ExplicitPath = true })},
		{"the Service beats the Ingress", texts{"healthcheck-path": "/s", "success-codes": "200-299"}, texts{"healthcheck-path": "/i", "success-codes": "404"},
			check(func(hc *topology.HealthCheck) { hc.Path, hc.ExplicitPath, hc.SuccessCodes = "/s", true, "200-299" })},
		{"an empty Service annotation hides the Ingress's", texts{"healthcheck-path": ""}, texts{"healthcheck-path": "/i"},
			check(func(hc *topology.HealthCheck) { hc.Path = "" })},
		{"numbers", nil, texts{"healthcheck-interval-seconds": "6", "healthcheck-timeout-seconds": "2", "healthy-threshold-count": "3"},
			check(func(hc *topology.HealthCheck) { hc.IntervalSeconds, hc.TimeoutSeconds, hc.HealthyThreshold = 6, 2, 3 })},
		{"the check follows the backend's protocol", nil, texts{"backend-protocol": "HTTPS"},
			check(func(hc *topology.HealthCheck) { hc.Protocol = "HTTPS" })},
		{"the check has a protocol of its own", nil, texts{"backend-protocol": "HTTPS", "healthcheck-protocol": "HTTP"},
			check(func(*topology.HealthCheck) {})},
		{"gRPC has other defaults", nil, texts{"backend-protocol-version": "GRPC"},
			check(func(hc *topology.HealthCheck) { hc.Path, hc.SuccessCodes = "/AWS.ALB/healthcheck", "12" })},
		{"a port by number", nil, texts{"healthcheck-port": "9000"},
			check(func(hc *topology.HealthCheck) { hc.Port = "9000" })},
		{"a port by the name of a Service port", nil, texts{"healthcheck-port": "admin"},
			check(func(hc *topology.HealthCheck) { hc.Port = "9090" })},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := sources()
			src.Services[0].Spec.Ports = append(src.Services[0].Spec.Ports, corev1.ServicePort{Name: "admin", Port: 90, NodePort: 30090, TargetPort: intstr.FromInt32(9090)})
			src.Ingresses[0].Annotations[lbc+"target-type"] = "ip"
			for key, value := range tc.service {
				src.Services[0].Annotations[lbc+key] = value
			}
			for key, value := range tc.ingress {
				src.Ingresses[0].Annotations[lbc+key] = value
			}
			e := exposure(src)
			if len(e.Routes) != 1 {
				t.Fatalf("routes %+v, gaps %+v", e.Routes, e.Gaps)
			}
			if diff := cmp.Diff(tc.want, e.Routes[0].HealthCheck); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAHealthCheckPortNamedForInstanceTargetsIsTheNodePort(t *testing.T) {
	e := exposure(with(ingress(annotated(lbc+"healthcheck-port", "http"))))
	if got := e.Routes[0].HealthCheck.Port; got != "30080" {
		t.Errorf("port %s", got)
	}
}

func TestTheDeregistrationDelayIsReadFromTheAttributes(t *testing.T) {
	const attribute = "deregistration_delay.timeout_seconds"
	for _, tc := range []struct {
		name             string
		service, ingress texts
		want             int32 // -1 for not set
	}{
		{"not set", nil, nil, -1},
		{"set on the Ingress", nil, texts{"target-group-attributes": attribute + "=30"}, 30},
		{"among others, with blanks", nil, texts{"target-group-attributes": "slow_start.duration_seconds=30, " + attribute + " = 20"}, 20},
		{"zero", nil, texts{"target-group-attributes": attribute + "=0"}, 0},
		{"the Service replaces the whole list", texts{"target-group-attributes": "stickiness.enabled=true"}, texts{"target-group-attributes": attribute + "=30"}, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := int32(-1)
			if p := settings(tc.service, tc.ingress).Routes[0].DeregistrationDelaySeconds; p != nil {
				got = *p
			}
			if got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestAMistakeInATargetGroupLeavesAGap(t *testing.T) {
	for _, tc := range []struct{ key, value, reason string }{
		{"target-type", "IP", `"IP" is none of ip, instance`},
		{"backend-protocol", "http", `"http" is none of HTTP, HTTPS`},
		{"backend-protocol-version", "grpc", `"grpc" is none of HTTP1, HTTP2, GRPC`},
		{"healthcheck-protocol", "TCP", `"TCP" is none of HTTP, HTTPS`},
		{"healthcheck-interval-seconds", " 15", `" 15" is not a whole number`},
		{"healthcheck-timeout-seconds", "5s", "is not a whole number"},
		{"healthy-threshold-count", "", "is not a whole number"},
		{"unhealthy-threshold-count", "two", "is not a whole number"},
		{"target-group-attributes", "stickiness.enabled", "is not of the form key=value"},
		{"healthcheck-port", "missing", `Service web has no port "missing"`},
		{"healthcheck-port", "http", "whose target port is a name"},
		{"target-group-attributes", "deregistration_delay.timeout_seconds=soon", "is not a number of seconds"},
	} {
		t.Run(tc.key+" "+tc.value, func(t *testing.T) {
			e := settings(nil, texts{tc.key: tc.value})
			if len(e.Gaps) != 1 || !strings.Contains(e.Gaps[0].Reason, tc.reason) || e.Kind != topology.Service {
				t.Errorf("kind %s, gaps %+v lack %q", e.Kind, e.Gaps, tc.reason)
			}
		})
	}
}

func TestInstanceTargetsNeedAServiceWithNodePorts(t *testing.T) {
	for kind, alb := range map[corev1.ServiceType]bool{
		corev1.ServiceTypeNodePort: true, corev1.ServiceTypeLoadBalancer: true, corev1.ServiceTypeClusterIP: false, "": false,
	} {
		e := exposure(sources(func(s *topology.Sources) { s.Services[0].Spec.Type = kind }))
		if e.Kind.ALB() != alb || (len(e.Gaps) == 0) != alb {
			t.Errorf("Service type %q: kind %s, gaps %+v", kind, e.Kind, e.Gaps)
		}
	}
}

func TestALoadBalancerServiceMayGoWithoutNodePorts(t *testing.T) {
	no := false
	for nodePort, want := range map[int32]bool{0: false, 30080: true} {
		e := exposure(sources(func(s *topology.Sources) {
			spec := &s.Services[0].Spec
			spec.Type, spec.AllocateLoadBalancerNodePorts, spec.Ports[0].NodePort = corev1.ServiceTypeLoadBalancer, &no, nodePort
		}))
		if e.Kind.ALB() != want {
			t.Errorf("node port %d: kind %s, gaps %+v", nodePort, e.Kind, e.Gaps)
		}
	}
}

func TestAWrongTargetTypeDoesNoHarmWhereTheClassDecides(t *testing.T) {
	src := with(ingress(annotated(lbc+"target-type", "IP")), class("alb", topology.ControllerLBC, parameters("elbv2.k8s.aws", "IngressClassParams", "p")))
	src.ClassParams = []*topology.IngressClassParams{{Group: "elbv2.k8s.aws", Name: "p", TargetType: "ip"}}
	if e := exposure(src); e.Kind != topology.ALBIP {
		t.Errorf("kind %s, gaps %+v", e.Kind, e.Gaps)
	}
}

func TestTheBackendsProtocolIsPartOfTheRoute(t *testing.T) {
	r := settings(texts{"backend-protocol": "HTTPS", "backend-protocol-version": "HTTP2"}, nil).Routes[0]
	if r.BackendProtocol != "HTTPS" || r.BackendProtocolVersion != "HTTP2" {
		t.Errorf("route %+v", r)
	}
}
