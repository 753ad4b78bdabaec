package scale

import (
	"context"
	"fmt"
	"io"
	"iter"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// writers is how many requests wait for an API server on two cores at once.
const writers = 48

// clientsFor are clients without a limit of their own, that speak protobuf.
func clientsFor(config *rest.Config) (kubernetes.Interface, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.ContentType = -1, runtime.ContentTypeProtobuf
	config.UserAgent = "kubectl" // the name in managedFields
	return kubernetes.NewForConfig(config)
}

// Create makes all objects and tells on log how far it is.
func (w World) Create(ctx context.Context, config *rest.Config, log io.Writer) error {
	clients, err := clientsFor(config)
	if err != nil {
		return err
	}
	var made atomic.Int64
	ctx, done := context.WithCancel(ctx)
	defer done()
	go progress(ctx, log, &made)
	for _, objects := range []iter.Seq[runtime.Object]{w.NamespaceObjects, w.Objects} {
		if err := createAll(ctx, clients, objects, &made); err != nil {
			return err
		}
	}
	return nil
}

func createAll(ctx context.Context, clients kubernetes.Interface, objects iter.Seq[runtime.Object], made *atomic.Int64) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for o := range objects {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			defer made.Add(1)
			return create(ctx, clients, o)
		})
	}
	return group.Wait()
}

func create(ctx context.Context, clients kubernetes.Interface, object runtime.Object) (err error) {
	options := metav1.CreateOptions{}
	switch o := object.(type) {
	case *corev1.Namespace:
		_, err = clients.CoreV1().Namespaces().Create(ctx, o, options)
	case *corev1.Service:
		_, err = clients.CoreV1().Services(o.Namespace).Create(ctx, o, options)
	case *networkingv1.IngressClass:
		_, err = clients.NetworkingV1().IngressClasses().Create(ctx, o, options)
	case *networkingv1.Ingress:
		_, err = clients.NetworkingV1().Ingresses(o.Namespace).Create(ctx, o, options)
	case *appsv1.Deployment:
		_, err = clients.AppsV1().Deployments(o.Namespace).Create(ctx, o, options)
	default:
		err = fmt.Errorf("no client for a %T", object)
	}
	return err
}

// progress tells every few seconds how many objects there are.
func progress(ctx context.Context, log io.Writer, made *atomic.Int64) {
	ticker := time.NewTicker(5 * time.Second)
	defer ticker.Stop()
	for start := time.Now(); ; {
		select {
		case <-ctx.Done():
			fmt.Fprintf(log, "  %6d objects after %s\n", made.Load(), time.Since(start).Round(time.Second))
			return
		case <-ticker.C:
			fmt.Fprintf(log, "  %6d objects after %s\n", made.Load(), time.Since(start).Round(time.Second))
		}
	}
}
