package bench

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
)

// cluster is a cluster of one namespace that never changes: an ALB Ingress with ip
// targets leads to the Deployment.
type cluster struct{ namespace decision.Namespace }

func newCluster() *cluster {
	labels := map[string]string{api.LabelInject: api.InjectEnabled}
	return &cluster{namespace: decision.Namespace{
		Labels: labels,
		Graph: topology.NewGraph(topology.Sources{
			Namespace:       namespaceName,
			NamespaceLabels: labels,
			Ingresses:       []*networkingv1.Ingress{ingress()},
			Services:        []*corev1.Service{service()},
			Classes: []*networkingv1.IngressClass{{
				ObjectMeta: metav1.ObjectMeta{Name: "alb"},
				Spec:       networkingv1.IngressClassSpec{Controller: topology.ControllerLBC},
			}},
		}),
	}}
}

// Namespace is the same for every name.
func (c *cluster) Namespace(context.Context, string) (decision.Namespace, error) {
	return c.namespace, nil
}

// NativeSleep is true, as for every Kubernetes since 1.30.
func (c *cluster) NativeSleep() bool { return true }

func service() *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespaceName, Name: appName},
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeClusterIP,
			Selector: map[string]string{appLabel: appName},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(servingPort), Protocol: corev1.ProtocolTCP}},
		},
	}
}

func ingress() *networkingv1.Ingress {
	class, prefix := "alb", networkingv1.PathTypePrefix
	backend := networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
		Name: appName, Port: networkingv1.ServiceBackendPort{Number: 80},
	}}
	return &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespaceName, Name: "web", Annotations: map[string]string{
			"alb.ingress.kubernetes.io/target-type":      "ip",
			"alb.ingress.kubernetes.io/healthcheck-path": "/healthz",
		}},
		Spec: networkingv1.IngressSpec{
			IngressClassName: &class,
			Rules: []networkingv1.IngressRule{{IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
				Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &prefix, Backend: backend}},
			}}}},
		},
	}
}

// silent is a recorder that counts nothing.
type silent struct{}

func (silent) Admission(string, string, time.Duration) {}
func (silent) Finding(string)                          {}
func (silent) InternalError(string)                    {}
