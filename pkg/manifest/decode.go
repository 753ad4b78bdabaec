package manifest

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/json"

	"github.com/rollguard/rollguard/pkg/topology"
)

// decode fills one Kubernetes type. Its namespace is the one that the object ends up
// in.
func decode(o *object, into metav1.Object) error {
	if err := json.UnmarshalCaseSensitivePreserveInts(o.json, into); err != nil {
		if words, ok := topology.Mismatch(err); ok {
			return errors.New("field " + words)
		}
		return err
	}
	into.SetNamespace(o.namespace)
	return nil
}

// addTo decodes an object that needs no defaults.
func addTo[T any, P interface {
	*T
	metav1.Object
}](to kept[T], o *object) error {
	value := new(T)
	if err := decode(o, P(value)); err != nil {
		return err
	}
	to.put(o.namespace, o.name, value)
	return nil
}

// addNamespace gives the Namespace the label that the API server gives it, as
// selectors of class parameters like to use it.
func (s *Set) addNamespace(o *object) error {
	ns := new(corev1.Namespace)
	if err := decode(o, ns); err != nil {
		return err
	}
	if ns.Labels == nil {
		ns.Labels = map[string]string{}
	}
	ns.Labels[corev1.LabelMetadataName] = o.name
	s.namespaces[o.name] = ns
	return nil
}

func (s *Set) addService(o *object) error {
	svc := new(corev1.Service)
	if err := decode(o, svc); err != nil {
		return err
	}
	s.keep(svc)
	return nil
}

func (s *Set) addIngress(o *object) error {
	ing := new(networkingv1.Ingress)
	if err := decode(o, ing); err != nil {
		return err
	}
	s.keep(ing)
	return nil
}

// keep takes an object as the webhook keeps it, so that both see the same. It must not be
// used any more.
func (s *Set) keep(o metav1.Object) {
	switch o := o.(type) {
	case *corev1.Service:
		defaultService(o)
		s.services.put(o.Namespace, o.Name, topology.TrimService(o))
	case *networkingv1.Ingress:
		s.ingresses.put(o.Namespace, o.Name, topology.TrimIngress(o))
		s.tied = nil
	}
}

// defaultService fills in what the API server would (pkg/apis/core/v1/defaults.go) and
// what decides about routes.
func defaultService(svc *corev1.Service) {
	if svc.Spec.Type == "" {
		svc.Spec.Type = corev1.ServiceTypeClusterIP
	}
	for i := range svc.Spec.Ports {
		p := &svc.Spec.Ports[i]
		if p.Protocol == "" {
			p.Protocol = corev1.ProtocolTCP
		}
		if p.TargetPort == (intstr.IntOrString{}) {
			p.TargetPort = intstr.FromInt32(p.Port)
		}
	}
}
