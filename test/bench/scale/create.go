package scale

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/test/kube"
)

// clientsFor are clients without a limit of their own, that speak protobuf.
func clientsFor(config *rest.Config) (kubernetes.Interface, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.ContentType = -1, runtime.ContentTypeProtobuf
	config.UserAgent = "kubectl" // the name in managedFields
	return kubernetes.NewForConfig(config)
}

// Create makes all objects and tells on log how far it is. The API server makes the first
// of each kind; the others are copies of that, managedFields and defaults included, and go
// into etcd directly: an API server on two busy cores takes a quarter of an hour for 50,000.
// It serves them all the same.
func (w World) Create(ctx context.Context, plane *kube.ControlPlane, log io.Writer) error {
	clients, err := clientsFor(plane.RESTConfig())
	if err != nil {
		return err
	}
	etcd, err := newWriter(plane.EtcdConfig())
	if err != nil {
		return err
	}
	models, err := newModels(ctx, clients)
	if err != nil {
		return err
	}
	made, told, start := 0, time.Now(), time.Now()
	for o := range w.all {
		object, key := models.like(o)
		if err := etcd.put(ctx, key, object); err != nil {
			return err
		}
		if made++; time.Since(told) > 5*time.Second {
			fmt.Fprintf(log, "  %6d objects after %s\n", made, time.Since(start).Round(time.Second))
			told = time.Now()
		}
	}
	if err := etcd.flush(ctx); err != nil {
		return err
	}
	fmt.Fprintf(log, "  %6d objects after %s\n", made, time.Since(start).Round(time.Second))
	return nil
}

func (w World) all(yield func(runtime.Object) bool) {
	for o := range w.NamespaceObjects {
		if !yield(o) {
			return
		}
	}
	for o := range w.Objects {
		if !yield(o) {
			return
		}
	}
}

// models are what the API server made of one object of each kind.
type models struct {
	namespace  *corev1.Namespace
	service    *corev1.Service
	ingress    *networkingv1.Ingress
	deployment *appsv1.Deployment
}

func newModels(ctx context.Context, clients kubernetes.Interface) (m models, err error) {
	const name = "model"
	options := metav1.CreateOptions{}
	ingressClass := &networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: class}, Spec: networkingv1.IngressClassSpec{Controller: controller}}
	if _, err = clients.NetworkingV1().IngressClasses().Create(ctx, ingressClass, options); err != nil {
		return m, err
	}
	if m.namespace, err = clients.CoreV1().Namespaces().Create(ctx, namespace(name), options); err != nil {
		return m, err
	}
	if m.service, err = clients.CoreV1().Services(name).Create(ctx, service(name, name), options); err != nil {
		return m, err
	}
	if m.ingress, err = clients.NetworkingV1().Ingresses(name).Create(ctx, ingress(name, name, "model"), options); err != nil {
		return m, err
	}
	m.deployment, err = clients.AppsV1().Deployments(name).Create(ctx, deployment(name, name), options)
	return m, err
}

// like is an object as the API server would have stored it, and its key in etcd.
func (m *models) like(object runtime.Object) (stored runtime.Object, key string) {
	switch o := object.(type) {
	case *corev1.Namespace:
		c := m.namespace.DeepCopy()
		c.ObjectMeta = asStored(&c.ObjectMeta, &o.ObjectMeta)
		c.Labels[corev1.LabelMetadataName] = o.Name
		return c, "/registry/namespaces/" + o.Name
	case *corev1.Service:
		c := m.service.DeepCopy()
		c.ObjectMeta, c.Spec.Selector, c.Spec.Ports = asStored(&c.ObjectMeta, &o.ObjectMeta), o.Spec.Selector, o.Spec.Ports
		// An address may belong to one Service only, and nobody hands them out here.
		c.Spec.ClusterIP, c.Spec.ClusterIPs = corev1.ClusterIPNone, []string{corev1.ClusterIPNone}
		return c, "/registry/services/specs/" + o.Namespace + "/" + o.Name
	case *networkingv1.Ingress:
		c := m.ingress.DeepCopy()
		c.ObjectMeta, c.Spec = asStored(&c.ObjectMeta, &o.ObjectMeta), o.Spec
		return c, "/registry/ingress/" + o.Namespace + "/" + o.Name
	case *appsv1.Deployment:
		c := m.deployment.DeepCopy()
		c.ObjectMeta, c.Spec.Selector, c.Spec.Template.Labels = asStored(&c.ObjectMeta, &o.ObjectMeta), o.Spec.Selector, o.Spec.Template.Labels
		c.Spec.Template.Spec.Containers[0].Image = o.Spec.Template.Spec.Containers[0].Image
		return c, "/registry/deployments/" + o.Namespace + "/" + o.Name
	}
	return nil, ""
}

// asStored has managedFields, generation and time of the model, in which strings are not
// shared between objects.
func asStored(model, o *metav1.ObjectMeta) metav1.ObjectMeta {
	out := *model.DeepCopy()
	out.Namespace, out.Name, out.UID, out.ResourceVersion = strings.Clone(o.Namespace), o.Name, uuid.NewUUID(), ""
	out.Labels, out.Annotations, out.Finalizers = o.Labels, o.Annotations, o.Finalizers
	return out
}
