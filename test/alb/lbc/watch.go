package lbc

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listersv1 "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/rollguard/rollguard/test/alb"
)

// Watch is a Cluster on a real API server.
type Watch struct {
	client  kubernetes.Interface
	binding Binding
	factory informers.SharedInformerFactory
	slices  discoverylisters.EndpointSliceNamespaceLister
	pods    listersv1.PodNamespaceLister
}

// NewWatch prepares to watch the EndpointSlices and the Pods of the binding's namespace.
func NewWatch(client kubernetes.Interface, b Binding) *Watch {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(b.Namespace))
	return &Watch{
		client: client, binding: b, factory: factory,
		slices: factory.Discovery().V1().EndpointSlices().Lister().EndpointSlices(b.Namespace),
		pods:   factory.Core().V1().Pods().Lister().Pods(b.Namespace),
	}
}

// Start begins to watch and calls changed for everything that may change the targets.
// It returns when the state of now is known.
func (w *Watch) Start(ctx context.Context, changed func()) error {
	slices := w.factory.Discovery().V1().EndpointSlices().Informer()
	pods := w.factory.Core().V1().Pods().Informer()
	onSlices := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		UpdateFunc: func(any, any) { changed() },
		DeleteFunc: func(any) { changed() },
	}
	// A Pod with a gate becomes a target when its containers are ready, of which its
	// EndpointSlice says nothing. LBC finds out by trying again.
	onPods := cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(before, after any) {
			b, a := before.(*corev1.Pod), after.(*corev1.Pod)
			if condition(b, corev1.ContainersReady) != condition(a, corev1.ContainersReady) {
				changed()
			}
		},
	}
	if _, err := slices.AddEventHandler(onSlices); err != nil {
		return fmt.Errorf("watch EndpointSlices: %w", err)
	}
	if _, err := pods.AddEventHandler(onPods); err != nil {
		return fmt.Errorf("watch Pods: %w", err)
	}
	w.factory.StartWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), slices.HasSynced, pods.HasSynced) {
		return fmt.Errorf("watch namespace %s: %w", w.binding.Namespace, context.Cause(ctx))
	}
	return nil
}

// Targets are those that belong into the target group now.
func (w *Watch) Targets() map[string]string {
	of := labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: w.binding.Service})
	// A lister of a cache does not fail with a selector made here.
	slices, _ := w.slices.List(of)
	return targets(slices, w.binding.Port, w.pod)
}

func (w *Watch) pod(name string) *corev1.Pod {
	p, err := w.pods.Get(name)
	if err != nil {
		return nil
	}
	return p
}

// Gates writes the readiness gates of a Pod.
func (w *Watch) Gates(name string, s alb.State) (waiting bool, err error) {
	p := w.pod(name)
	if p == nil {
		return false, nil
	}
	patch, waiting, err := gatePatch(p, s)
	if patch == nil {
		return waiting, err
	}
	_, err = w.client.CoreV1().Pods(p.Namespace).Patch(context.Background(), name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	if err != nil && !apierrors.IsNotFound(err) {
		return waiting, fmt.Errorf("write readiness gate: %w", err)
	}
	return waiting, nil
}
