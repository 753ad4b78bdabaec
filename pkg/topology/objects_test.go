package topology_test

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/topology"
)

const lbc = "alb.ingress.kubernetes.io/"

// pods are those of one container app that declares http, 8080.
func pods() topology.Pods {
	return topology.Pods{
		Labels: map[string]string{"app": "web", "tier": "front"},
		Containers: []topology.Container{{
			Name:  "app",
			Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}},
		}},
	}
}

// service selects the pods and leads from port 80, http, to their port http.
func service(change ...func(*corev1.Service)) *corev1.Service {
	s := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Annotations: map[string]string{}},
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeNodePort,
			Selector: map[string]string{"app": "web"},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, NodePort: 30080, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("http")}},
		},
	}
	for _, f := range change {
		f(s)
	}
	return s
}

// ingress sends everything to port 80 of Service web and is of class alb.
func ingress(change ...func(*networkingv1.Ingress)) *networkingv1.Ingress {
	name := "alb"
	i := &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Annotations: map[string]string{}},
		Spec: networkingv1.IngressSpec{
			IngressClassName: &name,
			Rules:            []networkingv1.IngressRule{rule(backend("web", 80))},
		},
	}
	for _, f := range change {
		f(i)
	}
	return i
}

func backend(service string, number int32) networkingv1.IngressBackend {
	return networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
		Name: service, Port: networkingv1.ServiceBackendPort{Number: number},
	}}
}

func namedBackend(service, port string) networkingv1.IngressBackend {
	return networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
		Name: service, Port: networkingv1.ServiceBackendPort{Name: port},
	}}
}

func rule(backends ...networkingv1.IngressBackend) networkingv1.IngressRule {
	http := &networkingv1.HTTPIngressRuleValue{}
	for _, b := range backends {
		http.Paths = append(http.Paths, networkingv1.HTTPIngressPath{Path: "/", Backend: b})
	}
	return networkingv1.IngressRule{IngressRuleValue: networkingv1.IngressRuleValue{HTTP: http}}
}

func class(name, controller string, change ...func(*networkingv1.IngressClass)) *networkingv1.IngressClass {
	c := &networkingv1.IngressClass{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{}},
		Spec:       networkingv1.IngressClassSpec{Controller: controller},
	}
	for _, f := range change {
		f(c)
	}
	return c
}

func byDefault(c *networkingv1.IngressClass) {
	c.Annotations["ingressclass.kubernetes.io/is-default-class"] = "true"
}

func parameters(group, kind, name string) func(*networkingv1.IngressClass) {
	return func(c *networkingv1.IngressClass) {
		c.Spec.Parameters = &networkingv1.IngressClassParametersReference{APIGroup: &group, Kind: kind, Name: name}
	}
}

func annotated(key, value string) func(*networkingv1.Ingress) {
	return func(i *networkingv1.Ingress) { i.Annotations[key] = value }
}

func className(name string) func(*networkingv1.Ingress) {
	return func(i *networkingv1.Ingress) { i.Spec.IngressClassName = &name }
}

func classless(i *networkingv1.Ingress) { i.Spec.IngressClassName = nil }

// sources are one Service, one Ingress and the class alb.
func sources(change ...func(*topology.Sources)) topology.Sources {
	src := topology.Sources{
		Namespace:       "shop",
		NamespaceLabels: map[string]string{"team": "a"},
		Services:        []*corev1.Service{service()},
		Ingresses:       []*networkingv1.Ingress{ingress()},
		Classes:         []*networkingv1.IngressClass{class("alb", topology.ControllerLBC)},
	}
	for _, f := range change {
		f(&src)
	}
	return src
}

func with(i *networkingv1.Ingress, classes ...*networkingv1.IngressClass) topology.Sources {
	return sources(func(s *topology.Sources) {
		s.Ingresses = []*networkingv1.Ingress{i}
		if len(classes) > 0 {
			s.Classes = classes
		}
	})
}

func exposure(src topology.Sources) topology.Exposure {
	return topology.NewGraph(src).Exposure(pods())
}
