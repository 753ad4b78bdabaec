package topology_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/topology"
)

// everything is metadata as an API server gives it, with what a graph reads and what it
// does not.
func everything() metav1.ObjectMeta {
	now := metav1.Time{Time: time.Unix(1, 0)}
	return metav1.ObjectMeta{
		Namespace: "shop", Name: "web", UID: "1", ResourceVersion: "7", Generation: 3, CreationTimestamp: now, DeletionTimestamp: &now,
		Labels: map[string]string{"app": "web"},
		Annotations: map[string]string{
			corev1.LastAppliedConfigAnnotation: "{}", "team": "x",
			"kubernetes.io/ingress.class":                           "alb",
			"alb.ingress.kubernetes.io/target-type":                 "ip",
			"service.beta.kubernetes.io/aws-load-balancer-type":     "external",
			"external-dns.alpha.kubernetes.io/hostname":             "web.example.com",
			"service.beta.kubernetes.io/not-aws-load-balancer-type": "x",
		},
		ManagedFields:   []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
		OwnerReferences: []metav1.OwnerReference{{Name: "app"}},
		Finalizers:      []string{"ingress.k8s.aws/resources", "group.ingress.k8s.aws/edge"},
	}
}

func trimmed(annotations ...string) metav1.ObjectMeta {
	all := everything()
	out := metav1.ObjectMeta{Namespace: "shop", Name: "web", DeletionTimestamp: all.DeletionTimestamp, Annotations: map[string]string{}}
	for _, key := range annotations {
		out.Annotations[key] = all.Annotations[key]
	}
	return out
}

func TestOfAnIngressOnlyWhatGraphsReadIsLeft(t *testing.T) {
	class, exact := "alb", networkingv1.PathTypeExact
	backend := func() *networkingv1.IngressBackend {
		return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Name: "http"}}}
	}
	rule := func(host string) networkingv1.IngressRule {
		return networkingv1.IngressRule{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
			Paths: []networkingv1.HTTPIngressPath{{Path: "/x", PathType: &exact, Backend: *backend()}},
		}}}
	}
	ing := &networkingv1.Ingress{ObjectMeta: everything(),
		Spec: networkingv1.IngressSpec{
			IngressClassName: &class, DefaultBackend: backend(), TLS: []networkingv1.IngressTLS{{SecretName: "x"}},
			Rules: []networkingv1.IngressRule{rule("web.example.com"), {Host: "empty.example.com"}},
		},
		Status: networkingv1.IngressStatus{LoadBalancer: networkingv1.IngressLoadBalancerStatus{Ingress: []networkingv1.IngressLoadBalancerIngress{{Hostname: "x"}}}},
	}
	want := &networkingv1.Ingress{ObjectMeta: trimmed("kubernetes.io/ingress.class", "alb.ingress.kubernetes.io/target-type"),
		Spec: networkingv1.IngressSpec{IngressClassName: &class, DefaultBackend: backend(), Rules: []networkingv1.IngressRule{rule("")}},
	}
	want.Finalizers = []string{"group.ingress.k8s.aws/edge"}
	once := topology.TrimIngress(ing)
	if diff := cmp.Diff(want, once); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(want, topology.TrimIngress(once)); diff != "" {
		t.Errorf("twice: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff(&networkingv1.Ingress{}, topology.TrimIngress(&networkingv1.Ingress{})); diff != "" {
		t.Errorf("an empty one: -want +got:\n%s", diff)
	}
}

func TestOfAServiceOnlyWhatGraphsReadIsLeft(t *testing.T) {
	no, class, protocol := false, "service.k8s.aws/nlb", "kubernetes.io/h2c"
	spec := func() corev1.ServiceSpec {
		return corev1.ServiceSpec{
			Type: corev1.ServiceTypeLoadBalancer, Selector: map[string]string{"app": "web"}, ClusterIP: corev1.ClusterIPNone,
			Ports:             []corev1.ServicePort{{Name: "http", Port: 80, Protocol: corev1.ProtocolTCP, AppProtocol: &protocol, NodePort: 30080, TargetPort: intstr.FromString("web")}},
			LoadBalancerClass: &class, AllocateLoadBalancerNodePorts: &no, IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol},
			ExternalTrafficPolicy: corev1.ServiceExternalTrafficPolicyLocal, HealthCheckNodePort: 30999, PublishNotReadyAddresses: true,
		}
	}
	svc := &corev1.Service{ObjectMeta: everything(), Spec: spec(),
		Status: corev1.ServiceStatus{LoadBalancer: corev1.LoadBalancerStatus{Ingress: []corev1.LoadBalancerIngress{{Hostname: "x"}}}}}
	svc.Spec.ClusterIPs, svc.Spec.SessionAffinity = []string{"None"}, corev1.ServiceAffinityNone
	svc.Spec.LoadBalancerSourceRanges, svc.Spec.ExternalIPs = []string{"10.0.0.0/8"}, []string{"10.0.0.1"}
	want := &corev1.Service{ObjectMeta: trimmed("alb.ingress.kubernetes.io/target-type", "service.beta.kubernetes.io/aws-load-balancer-type"), Spec: spec()}
	once := topology.TrimService(svc)
	if diff := cmp.Diff(want, once); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(want, topology.TrimService(once)); diff != "" {
		t.Errorf("twice: -want +got:\n%s", diff)
	}
	address := &corev1.Service{Spec: corev1.ServiceSpec{ClusterIP: "10.0.0.1"}}
	if diff := cmp.Diff(&corev1.Service{}, topology.TrimService(address)); diff != "" {
		t.Errorf("an address: -want +got:\n%s", diff)
	}
}
