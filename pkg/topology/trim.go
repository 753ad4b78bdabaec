package topology

import (
	"strings"
	"unique"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TrimIngress returns an Ingress with nothing but what graphs read: a cluster has
// thousands, and all of them are kept. Words that many have in common are in memory once.
// Two Ingresses that are alike after it are alike for every graph. Parts of ing live on in
// the result, so it must not be used any more; trimming the result changes nothing.
func TrimIngress(ing *networkingv1.Ingress) *networkingv1.Ingress {
	out := &networkingv1.Ingress{ObjectMeta: trimMeta(&ing.ObjectMeta, annotationPrefix, annotationClass)}
	for _, finalizer := range ing.Finalizers {
		if strings.HasPrefix(finalizer, groupFinalizer) { // it tells of which group it was a member
			out.Finalizers = append(out.Finalizers, shared(finalizer))
		}
	}
	if ing.Spec.IngressClassName != nil {
		name := shared(*ing.Spec.IngressClassName)
		out.Spec.IngressClassName = &name
	}
	out.Spec.DefaultBackend = ing.Spec.DefaultBackend
	for i := range ing.Spec.Rules {
		rule := ing.Spec.Rules[i].HTTP
		if rule == nil || len(rule.Paths) == 0 {
			continue
		}
		for j := range rule.Paths {
			trimPath(&rule.Paths[j])
		}
		out.Spec.Rules = append(out.Spec.Rules, networkingv1.IngressRule{IngressRuleValue: networkingv1.IngressRuleValue{HTTP: rule}})
	}
	return out
}

// TrimService does for a Service what [TrimIngress] does.
func TrimService(svc *corev1.Service) *corev1.Service {
	s := &svc.Spec
	out := &corev1.Service{ObjectMeta: trimMeta(&svc.ObjectMeta, annotationPrefix, nlbPrefix), Spec: corev1.ServiceSpec{
		Ports: s.Ports, Selector: s.Selector, Type: corev1.ServiceType(shared(string(s.Type))), IPFamilies: s.IPFamilies,
		LoadBalancerClass: s.LoadBalancerClass, AllocateLoadBalancerNodePorts: s.AllocateLoadBalancerNodePorts,
		ExternalTrafficPolicy:    corev1.ServiceExternalTrafficPolicy(shared(string(s.ExternalTrafficPolicy))),
		HealthCheckNodePort:      s.HealthCheckNodePort,
		PublishNotReadyAddresses: s.PublishNotReadyAddresses,
	}}
	if s.ClusterIP == corev1.ClusterIPNone {
		out.Spec.ClusterIP = corev1.ClusterIPNone
	}
	if len(s.Selector) > 0 {
		out.Spec.Selector = make(map[string]string, len(s.Selector))
		for key, value := range s.Selector {
			out.Spec.Selector[shared(key)] = value
		}
	}
	for i := range s.Ports {
		p := &s.Ports[i]
		p.Name, p.Protocol, p.AppProtocol = shared(p.Name), corev1.Protocol(shared(string(p.Protocol))), sharedAt(p.AppProtocol)
		p.TargetPort.StrVal = shared(p.TargetPort.StrVal)
	}
	for i := range s.IPFamilies {
		s.IPFamilies[i] = corev1.IPFamily(shared(string(s.IPFamilies[i])))
	}
	return out
}

// trimMeta keeps annotations with these beginnings only.
func trimMeta(o *metav1.ObjectMeta, prefixes ...string) metav1.ObjectMeta {
	out := metav1.ObjectMeta{Namespace: shared(o.Namespace), Name: o.Name, DeletionTimestamp: o.DeletionTimestamp}
	for key, value := range o.Annotations {
		for _, prefix := range prefixes {
			if strings.HasPrefix(key, prefix) {
				if out.Annotations == nil {
					out.Annotations = map[string]string{}
				}
				out.Annotations[shared(key)] = shared(value)
				break
			}
		}
	}
	return out
}

func trimPath(p *networkingv1.HTTPIngressPath) {
	if p.PathType != nil {
		kind := networkingv1.PathType(shared(string(*p.PathType)))
		p.PathType = &kind
	}
	p.Path = shared(p.Path)
	if p.Backend.Service != nil {
		p.Backend.Service.Port.Name = shared(p.Backend.Service.Port.Name)
	}
}

func sharedAt(s *string) *string {
	if s == nil {
		return nil
	}
	out := shared(*s)
	return &out
}

// shared is the same text, in memory once for all who have it at one time.
func shared(s string) string {
	if s == "" {
		return ""
	}
	return unique.Make(s).Value()
}
