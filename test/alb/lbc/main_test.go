package lbc

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/test/kube"
)

// world is the API server of all tests, set once, before the first.
var world struct {
	client     kubernetes.Interface
	namespaces atomic.Int64
}

func TestMain(m *testing.M) {
	os.Exit(kube.Main(m, kube.Options{}, func(c *kube.ControlPlane) {
		world.client = kubernetes.NewForConfigOrDie(c.RESTConfig())
	}))
}

// newNamespace makes a namespace in which Pods can be made, and the class "alb".
func newNamespace(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("shop-%d", world.namespaces.Add(1))
	ctx := t.Context()
	if _, err := world.client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := world.client.CoreV1().ServiceAccounts(name).Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	class := &networkingv1.IngressClass{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       networkingv1.IngressClassSpec{Controller: "ingress.k8s.aws/alb"},
	}
	if _, err := world.client.NetworkingV1().IngressClasses().Create(ctx, class, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return name
}
