package cluster

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/rollguard/rollguard/pkg/topology"
)

// listed are the cached objects of one namespace and the classes.
type listed struct {
	ingresses networkingv1.IngressList
	services  corev1.ServiceList
	classes   networkingv1.IngressClassList
}

func (l *listed) read(ctx context.Context, r client.Reader, namespace string) error {
	if err := r.List(ctx, &l.ingresses, client.InNamespace(namespace), client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("ingresses of namespace %s: %w", namespace, err)
	}
	if err := r.List(ctx, &l.services, client.InNamespace(namespace), client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("services of namespace %s: %w", namespace, err)
	}
	if err := r.List(ctx, &l.classes, client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("ingress classes: %w", err)
	}
	return nil
}

func (l *listed) sources() topology.Sources {
	src := topology.Sources{
		Ingresses: make([]*networkingv1.Ingress, len(l.ingresses.Items)),
		Services:  make([]*corev1.Service, len(l.services.Items)),
		Classes:   make([]*networkingv1.IngressClass, len(l.classes.Items)),
	}
	for i := range l.ingresses.Items {
		src.Ingresses[i] = &l.ingresses.Items[i]
	}
	for i := range l.services.Items {
		src.Services[i] = &l.services.Items[i]
	}
	for i := range l.classes.Items {
		src.Classes[i] = &l.classes.Items[i]
	}
	return src
}
