package cluster

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/rollguard/rollguard/pkg/topology"
)

// listed are the cached objects that decide about one namespace. The Ingresses are
// those of all namespaces, as they may share load balancers.
type listed struct {
	ingresses networkingv1.IngressList
	services  corev1.ServiceList
	classes   networkingv1.IngressClassList
}

func (l *listed) read(ctx context.Context, r client.Reader, namespace string) error {
	if err := r.List(ctx, &l.ingresses, client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("ingresses: %w", err)
	}
	if err := r.List(ctx, &l.services, client.InNamespace(namespace), client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("services of namespace %s: %w", namespace, err)
	}
	if err := r.List(ctx, &l.classes, client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("ingress classes: %w", err)
	}
	return nil
}

// sources takes a way to the labels of other namespaces.
func (l *listed) sources(namespace string, labels func(string) map[string]string) topology.Sources {
	src := topology.Sources{
		Namespace: namespace,
		Services:  make([]*corev1.Service, len(l.services.Items)),
		Classes:   make([]*networkingv1.IngressClass, len(l.classes.Items)),
	}
	known := map[string]map[string]string{}
	for i := range l.ingresses.Items {
		ing := &l.ingresses.Items[i]
		if ing.Namespace == namespace {
			src.Ingresses = append(src.Ingresses, ing)
			continue
		}
		if _, ok := known[ing.Namespace]; !ok {
			known[ing.Namespace] = labels(ing.Namespace)
		}
		src.Neighbours = append(src.Neighbours, topology.Neighbour{Ingress: ing, NamespaceLabels: known[ing.Namespace]})
	}
	for i := range l.services.Items {
		src.Services[i] = &l.services.Items[i]
	}
	for i := range l.classes.Items {
		src.Classes[i] = &l.classes.Items[i]
	}
	return src
}
