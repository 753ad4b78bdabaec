package lbc

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/alb"
)

// shop is an Ingress with a Service, in a namespace of its own.
type shop struct {
	namespace string
	service   *corev1.Service
	ingress   *networkingv1.Ingress
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{namespace: newNamespace(t)}
	s.service = &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Annotations: map[string]string{}},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "web"},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80}},
		},
	}
	s.ingress = &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Annotations: map[string]string{prefix + "target-type": "ip"}},
		Spec: networkingv1.IngressSpec{
			IngressClassName: &s.namespace,
			DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
				Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80},
			}},
		},
	}
	return s
}

// read writes the objects and reads them as the controller does.
func (s *shop) read(t *testing.T) (Binding, error) {
	t.Helper()
	if _, err := world.client.CoreV1().Services(s.namespace).Create(t.Context(), s.service, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := world.client.NetworkingV1().Ingresses(s.namespace).Create(t.Context(), s.ingress, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return Read(t.Context(), world.client, s.namespace, "web")
}

func TestATargetGroupHasTheDefaultsOfTheController(t *testing.T) {
	s := newShop(t)
	got, err := s.read(t)
	if err != nil {
		t.Fatal(err)
	}
	want := Binding{
		Namespace: s.namespace, Service: "web", Port: "http", TargetType: "ip",
		TargetGroup: alb.TargetGroup{
			Path: "/", Codes: alb.Codes{{200, 200}}, Interval: 15 * time.Second, Timeout: 5 * time.Second,
			HealthyThreshold: 2, UnhealthyThreshold: 2, DeregistrationDelay: 300 * time.Second,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnnotationsDecideAboutTheTargetGroup(t *testing.T) {
	s := newShop(t)
	for name, value := range map[string]string{
		"healthcheck-path": "/test", "healthcheck-port": "9000", "success-codes": "200-399",
		"healthcheck-interval-seconds": "10", "healthcheck-timeout-seconds": "2",
		"healthy-threshold-count": "3", "unhealthy-threshold-count": "4",
		"target-group-attributes":  "slow_start.duration_seconds=30, deregistration_delay.timeout_seconds=45",
		"load-balancer-attributes": "idle_timeout.timeout_seconds=90,routing.http2.enabled=true",
	} {
		s.ingress.Annotations[prefix+name] = value
	}
	s.service.Annotations[prefix+"healthcheck-path"] = "/__health" // beats the Ingress's
	s.service.Annotations[prefix+"unhealthy-threshold-count"] = "5"
	got, err := s.read(t)
	if err != nil {
		t.Fatal(err)
	}
	want := alb.TargetGroup{
		Path: "/__health", Port: 9000, Codes: alb.Codes{{200, 399}}, Interval: 10 * time.Second, Timeout: 2 * time.Second,
		HealthyThreshold: 3, UnhealthyThreshold: 5, DeregistrationDelay: 45 * time.Second,
	}
	if diff := cmp.Diff(want, got.TargetGroup); diff != "" {
		t.Error(diff)
	}
	if got.IdleTimeout != 90*time.Second {
		t.Errorf("idle time-out %s, want 1m30s", got.IdleTimeout)
	}
}

func TestInstanceTargetsHaveTheNodePort(t *testing.T) {
	s := newShop(t)
	s.ingress.Annotations[prefix+"target-type"] = "instance"
	s.service.Spec.Type = corev1.ServiceTypeNodePort
	got, err := s.read(t)
	if err != nil {
		t.Fatal(err)
	}
	if got.TargetType != "instance" || got.NodePort == 0 {
		t.Errorf("got %+v", got)
	}
}

func TestWhatTheModelHasNotIsRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(*shop)
		says   string
	}{
		{"an Ingress of another controller", func(s *shop) {
			s.ingress.Annotations["kubernetes.io/ingress.class"] = "nginx"
			s.ingress.Spec.IngressClassName = nil
		}, "leads to 0 target groups"},
		{"a target that speaks TLS", func(s *shop) { s.ingress.Annotations[prefix+"backend-protocol"] = "HTTPS" }, "not HTTPS"},
		{"a target that speaks gRPC", func(s *shop) { s.ingress.Annotations[prefix+"backend-protocol-version"] = "GRPC" }, "GRPC"},
		{"two target groups", func(s *shop) {
			byName := s.ingress.Spec.DefaultBackend.DeepCopy()
			byName.Service.Port = networkingv1.ServiceBackendPort{Name: "http"}
			exact := networkingv1.PathTypeExact
			s.ingress.Spec.Rules = []networkingv1.IngressRule{{IngressRuleValue: networkingv1.IngressRuleValue{
				HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{Path: "/a", PathType: &exact, Backend: *byName}}},
			}}}
		}, "leads to 2 target groups"},
		{"a bad threshold", func(s *shop) { s.service.Annotations[prefix+"unhealthy-threshold-count"] = "two" }, `"two" is not a whole number`},
		{"a bad idle time-out", func(s *shop) {
			s.ingress.Annotations[prefix+"load-balancer-attributes"] = "idle_timeout.timeout_seconds=1m"
		}, `"1m" is not a number`},
		{"bad success codes", func(s *shop) { s.ingress.Annotations[prefix+"success-codes"] = "ok" }, `"ok" is not a number`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(t)
			test.change(s)
			got, err := s.read(t)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %+v, %v; want an error with %q", got, err, test.says)
			}
		})
	}
}
