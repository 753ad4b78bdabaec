package topology_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/topology"
)

// brief shows of a route what says where it leads.
func brief(routes []topology.Route) []string {
	out := make([]string, 0, len(routes))
	for i := range routes {
		r := &routes[i]
		container, number := "?", "?"
		if r.Container != nil {
			container = *r.Container
		}
		if r.ContainerPort != nil {
			number = fmt.Sprint(*r.ContainerPort)
		}
		text := fmt.Sprintf("Service %s, port %s -> %s:%s", r.Service, r.ServicePort, container, number)
		if r.Ingress != nil {
			text = fmt.Sprintf("Ingress %s, %s, %s", *r.Ingress, r.TargetType, text)
		}
		if r.UDP {
			text += " udp"
		}
		out = append(out, text)
	}
	return out
}

func alone(s *corev1.Service) topology.Sources {
	return topology.Sources{Namespace: "shop", Services: []*corev1.Service{s}}
}

func target(v intstr.IntOrString) func(*corev1.Service) {
	return func(s *corev1.Service) { s.Spec.Ports[0].TargetPort = v }
}

func TestAServiceLeadsToTheContainerThatDeclaresItsPort(t *testing.T) {
	protocol := func(p corev1.Protocol) func(*corev1.Service) {
		return func(s *corev1.Service) { s.Spec.Ports[0].Protocol = p }
	}
	for _, tc := range []struct {
		name    string
		service *corev1.Service
		want    string
	}{
		{"by name", service(), "Service web, port http -> app:8080"},
		{"by number", service(target(intstr.FromInt32(8080))), "Service web, port http -> app:8080"},
		{"a number that nobody declares is kept", service(target(intstr.FromInt32(7))), "Service web, port http -> ?:7"},
		{"a name that nobody declares leads nowhere", service(target(intstr.FromString("grpc"))), "Service web, port http -> ?:?"},
		{"without a target port, the port itself counts", service(target(intstr.IntOrString{}), func(s *corev1.Service) { s.Spec.Ports[0].Port = 8080 }), "Service web, port http -> app:8080"},
		{"without a protocol, TCP counts", service(protocol("")), "Service web, port http -> app:8080"},
		{"a port of another protocol is another port", service(protocol(corev1.ProtocolUDP)), "Service web, port http -> ?:? udp"},
		{"a port without a name is shown by its number", service(func(s *corev1.Service) { s.Spec.Ports[0].Name = "" }), "Service web, port 80 -> app:8080"},
		{"a native sidecar may serve", service(target(intstr.FromString("proxy"))), "Service web, port http -> sidecar:15001"},
		{"the first container that declares the port wins", service(target(intstr.FromString("twice"))), "Service web, port http -> app:1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := pods()
			p.Containers[0].Ports = append(p.Containers[0].Ports, corev1.ContainerPort{Name: "twice", ContainerPort: 1, Protocol: corev1.ProtocolTCP})
			p.Containers = append(p.Containers, topology.Container{Name: "sidecar", Ports: []corev1.ContainerPort{
				{Name: "proxy", ContainerPort: 15001, Protocol: corev1.ProtocolTCP}, {Name: "twice", ContainerPort: 2, Protocol: corev1.ProtocolTCP},
			}})
			e := topology.NewGraph(alone(tc.service)).Exposure(p)
			if diff := cmp.Diff([]string{tc.want}, brief(e.Routes)); diff != "" || e.Kind != topology.Service {
				t.Errorf("kind %s, -want +got:\n%s", e.Kind, diff)
			}
		})
	}
}

func TestAServiceThatDoesNotSelectThePodsIsNoRoute(t *testing.T) {
	for name, change := range map[string]func(*corev1.Service){
		"no selector":                 func(s *corev1.Service) { s.Spec.Selector = nil },
		"another value":               func(s *corev1.Service) { s.Spec.Selector = map[string]string{"app": "other"} },
		"one label too many":          func(s *corev1.Service) { s.Spec.Selector = map[string]string{"app": "web", "zone": "1"} },
		"an empty value of no label":  func(s *corev1.Service) { s.Spec.Selector = map[string]string{"zone": ""} },
		"an ExternalName has no Pods": func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeExternalName },
		"a Service without any ports": func(s *corev1.Service) { s.Spec.Ports = nil },
	} {
		if e := exposure(alone(service(change))); e.Kind != topology.None || len(e.Routes) > 0 {
			t.Errorf("%s: kind %s, routes %q", name, e.Kind, brief(e.Routes))
		}
	}
}

func TestEveryBackendOfAnIngressIsARoute(t *testing.T) {
	api := service(func(s *corev1.Service) {
		s.Name = "api"
		s.Spec.Ports = append(s.Spec.Ports, corev1.ServicePort{Name: "alt", Port: 80, NodePort: 30081, TargetPort: intstr.FromInt32(9)})
	})
	src := sources(func(s *topology.Sources) {
		s.Services = append(s.Services, api)
		byDefault := namedBackend("api", "alt")
		s.Ingresses[0].Spec.DefaultBackend = &byDefault
		s.Ingresses[0].Spec.Rules = []networkingv1.IngressRule{
			rule(backend("web", 80), backend("web", 80), namedBackend("web", "http")), {}, rule(backend("api", 80)),
		}
	})
	want := []string{
		"Ingress shop/web, instance, Service api, port 80 -> app:8080",
		"Ingress shop/web, instance, Service api, port alt -> ?:9",
		"Ingress shop/web, instance, Service web, port 80 -> app:8080",
		"Ingress shop/web, instance, Service web, port http -> app:8080",
	}
	if diff := cmp.Diff(want, brief(exposure(src).Routes)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestABackendThatCannotBeReadLeavesAGapAndTheOthersStay(t *testing.T) {
	for name, tc := range map[string]struct {
		backend networkingv1.IngressBackend
		reason  string
	}{
		"a Service that does not exist": {backend("missing", 80), ""}, // it leads to nobody's Pods
		"a port that does not exist":    {backend("web", 81), "names port 81 of Service web, which has no such port"},
		"a port name that is not there": {namedBackend("web", "grpc"), "names port grpc of Service web, which has no such port"},
		"a resource":                    {networkingv1.IngressBackend{Resource: &corev1.TypedLocalObjectReference{}}, "has a resource backend, which LBC refuses"},
	} {
		e := exposure(sources(func(s *topology.Sources) {
			s.Ingresses[0].Spec.Rules = []networkingv1.IngressRule{rule(tc.backend, backend("web", 80))}
		}))
		var want []topology.Gap
		if tc.reason != "" {
			want = []topology.Gap{{Object: "Ingress shop/web", Reason: tc.reason}}
		}
		if diff := cmp.Diff(want, e.Gaps); diff != "" {
			t.Errorf("%s, -want +got:\n%s", name, diff)
		}
		if len(e.Routes) != 1 || e.Kind != topology.ALBInstance {
			t.Errorf("%s: kind %s, routes %q", name, e.Kind, brief(e.Routes))
		}
	}
}

func TestTheMostDemandingRouteGivesTheKind(t *testing.T) {
	ip := ingress(func(i *networkingv1.Ingress) { i.Name = "ip" }, annotated(lbc+"target-type", "ip"))
	plain := service(func(s *corev1.Service) { s.Name = "plain" })
	for _, tc := range []struct {
		ingresses []*networkingv1.Ingress
		want      topology.Kind
	}{
		{nil, topology.Service},
		{[]*networkingv1.Ingress{ip}, topology.ALBIP},
		{[]*networkingv1.Ingress{ip, ingress()}, topology.ALBInstance},
		{[]*networkingv1.Ingress{ingress(), ip}, topology.ALBInstance},
	} {
		e := exposure(sources(func(s *topology.Sources) {
			s.Ingresses = tc.ingresses
			s.Services = []*corev1.Service{plain, service()}
		}))
		if e.Kind != tc.want || len(e.Routes) != max(2, len(tc.ingresses)+1) {
			t.Errorf("%d Ingresses: kind %s, routes %q", len(tc.ingresses), e.Kind, brief(e.Routes))
		}
	}
}

func TestTheReadinessGateIsSwitchedOnByTheNamespacesLabel(t *testing.T) {
	for value, want := range map[string]bool{"enabled": true, "disabled": false, "": false} {
		e := exposure(sources(func(s *topology.Sources) { s.NamespaceLabels[topology.LabelReadinessGate] = value }))
		if e.ReadinessGate != want {
			t.Errorf("label %q: %t", value, e.ReadinessGate)
		}
	}
}

func TestARouteHasThePublishedForm(t *testing.T) {
	e := settings(nil, texts{"healthcheck-path": "/ok"})
	got, err := json.Marshal(e.Routes[0])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"via":"Ingress","controller":"ingress.k8s.aws/alb","ingress":"shop/web","service":"web","servicePort":"80",` +
		`"targetType":"ip","targetPort":"http","container":"app","containerPort":8080,` +
		`"healthCheck":{"path":"/ok","port":"traffic-port","protocol":"HTTP","successCodes":"200","intervalSeconds":15,"healthyThreshold":2},` +
		`"deregistrationDelaySeconds":null,"backendProtocol":"HTTP","backendProtocolVersion":"HTTP1"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAGraphWithoutObjectsExposesNothing(t *testing.T) {
	e := exposure(topology.Sources{})
	if diff := cmp.Diff(topology.Exposure{Kind: topology.None}, e); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAGapIsToldOnlyToThoseWhomItMayConcern(t *testing.T) {
	other := service(func(s *corev1.Service) { s.Name, s.Spec.Selector = "other", map[string]string{"app": "other"} })
	e := exposure(sources(func(s *topology.Sources) {
		s.Services = append(s.Services, other)
		s.Ingresses = append(s.Ingresses, ingress(func(i *networkingv1.Ingress) {
			i.Name = "broken"
			i.Spec.Rules = []networkingv1.IngressRule{rule(backend("other", 81))}
		}))
	}))
	if len(e.Gaps) > 0 {
		t.Errorf("gaps of another Deployment: %+v", e.Gaps)
	}
}
