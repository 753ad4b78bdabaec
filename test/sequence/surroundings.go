package sequence

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Surroundings are what is around the Deployment in its namespace.
type Surroundings struct {
	// Labelled says that the namespace is one of Rollguard's.
	Labelled bool
	// Annotations are the namespace's, Rollguard's without its prefix.
	Annotations map[string]string
	// Service says that there is a Service, TargetType that an ALB Ingress is in front of
	// it; empty means none.
	Service    bool
	TargetType string
	// Binding is the protocol of a TargetGroupBinding of the Service; empty means none.
	Binding string
}

func (s Surroundings) String() string {
	return fmt.Sprintf("labelled %t, service %t, ingress %q, binding %q, annotations %v", s.Labelled, s.Service, s.TargetType, s.Binding, s.Annotations)
}

func (s Surroundings) clone() Surroundings {
	s.Annotations = maps.Clone(s.Annotations)
	return s
}

// NamespaceAnnotations are with the prefix.
func (s Surroundings) NamespaceAnnotations() map[string]string {
	out := map[string]string{}
	for key, v := range s.Annotations {
		out[api.Prefix+key] = v
	}
	return out
}

// settings are those that hold for a Deployment with these annotations.
func (s Surroundings) settings(deployment map[string]string) api.Settings {
	settings, _ := api.NewResolver(nil, api.DefaultBounds()).Resolve(s.NamespaceAnnotations(), deployment)
	return settings
}

// Services are those of the namespace.
func (s Surroundings) Services(namespace string) []*corev1.Service {
	if !s.Service {
		return nil
	}
	return []*corev1.Service{{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "web"},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeNodePort, Selector: map[string]string{"app": "web"},
			Ports: []corev1.ServicePort{{Name: "http", Protocol: corev1.ProtocolTCP, Port: 80, TargetPort: intstr.FromString("http")}},
		},
	}}
}

// Ingresses are those of the namespace.
func (s Surroundings) Ingresses(namespace string) []*networkingv1.Ingress {
	if s.TargetType == "" {
		return nil
	}
	class := "alb"
	return []*networkingv1.Ingress{{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: "web",
			Annotations: map[string]string{"alb.ingress.kubernetes.io/target-type": s.TargetType},
		},
		Spec: networkingv1.IngressSpec{IngressClassName: &class, DefaultBackend: &networkingv1.IngressBackend{
			Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Name: "http"}},
		}},
	}}
}

// Bindings are those of the namespace.
func (s Surroundings) Bindings(namespace string) []*topology.TargetGroupBinding {
	if s.Binding == "" {
		return nil
	}
	b := &topology.TargetGroupBinding{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "web"}}
	b.Spec.ServiceRef.Name, b.Spec.ServiceRef.Port = "web", intstr.FromString("http")
	b.Spec.TargetType, b.Spec.TargetGroupProtocol = topology.TargetIP, s.Binding
	return []*topology.TargetGroupBinding{b}
}

// objects are the optional ones of one namespace.
type objects struct {
	bindings []*topology.TargetGroupBinding
}

// In implements [topology.Objects].
func (o objects) In(kind topology.Optional, _ string) []metav1.Object {
	var out []metav1.Object
	for _, b := range o.bindings {
		if kind.Kind == "TargetGroupBinding" && kind.Group == "elbv2.k8s.aws" {
			out = append(out, b)
		}
	}
	return out
}

// Hidden implements [topology.Objects].
func (objects) Hidden(topology.Optional) string { return "" }

// NamespaceLabels implements [topology.Objects].
func (objects) NamespaceLabels(string) map[string]string { return nil }

// Graph is the topology of the namespace.
func (s Surroundings) Graph(namespace string) *topology.Graph {
	return topology.NewGraph(topology.Sources{
		Objects:   objects{s.Bindings(namespace)},
		Namespace: namespace, Services: s.Services(namespace), Ingresses: s.Ingresses(namespace),
		Classes: []*networkingv1.IngressClass{{ObjectMeta: metav1.ObjectMeta{Name: "alb"}, Spec: networkingv1.IngressClassSpec{Controller: topology.ControllerLBC}}},
	})
}
