package cluster

import (
	"context"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"go.uber.org/zap"

	"github.com/rollguard/rollguard/pkg/topology"
)

// Options are what a [State] needs.
type Options struct {
	Config *rest.Config
	Cache  cache.Cache
	// Topology says how the cluster's load balancer controller is set up.
	Topology topology.Options
	// GraphBuilt is called for each graph that is built.
	GraphBuilt func()
	Log        *zap.Logger
}

// CacheOptions are the options that the manager's cache must have: only what is
// used is kept, and a read without an informer is an error instead of a new watch.
func CacheOptions() cache.Options {
	return cache.Options{
		ReaderFailOnMissingInformer: true,
		DefaultTransform:            strip,
		ByObject: map[client.Object]cache.ByObject{
			&networkingv1.Ingress{}:      {},
			&networkingv1.IngressClass{}: {},
			&corev1.Service{}:            {},
		},
	}
}

// New starts the informers. The manager's cache must not be running yet or must be
// about to: events are counted from the first one on.
func New(ctx context.Context, o Options) (*State, error) {
	discoverer, err := discovery.NewDiscoveryClientForConfig(o.Config)
	if err != nil {
		return nil, fmt.Errorf("discovery client: %w", err)
	}
	dynamicClient, err := dynamic.NewForConfig(o.Config)
	if err != nil {
		return nil, fmt.Errorf("dynamic client: %w", err)
	}
	core, err := typedcorev1.NewForConfig(o.Config)
	if err != nil {
		return nil, fmt.Errorf("client for claims and quotas: %w", err)
	}
	s := &State{rooms: newRooms(core, o.Log), reader: o.Cache, discoverer: discoverer, log: o.Log}
	s.graphs = &graphs{options: o.Topology, sources: s.sources, built: o.GraphBuilt, known: map[string]entry{}}
	s.kinds = newOptionalKinds(discoverer, dynamicClient, reactions{event: s.graphs.forgetReaders, reset: s.graphs.reset}, o.Log)
	synced, err := s.register(ctx, o.Cache)
	if err != nil {
		return nil, err
	}
	s.synced = func() bool {
		for _, hasSynced := range synced {
			if !hasSynced() {
				return false
			}
		}
		return (s.settled.Load() || s.settle()) && s.rooms.ready()
	}
	s.readVersion()
	return s, nil
}

func (s *State) register(ctx context.Context, c cache.Cache) ([]func() bool, error) {
	var synced []func() bool
	for _, w := range coreKinds() {
		informer, err := c.GetInformer(ctx, w.object, cache.BlockUntilSynced(false))
		if err != nil {
			return nil, fmt.Errorf("informer for %T: %w", w.object, err)
		}
		handler := onAny(s.event)
		if _, ok := w.object.(*networkingv1.Ingress); ok {
			handler = unlessStatus(handler)
		}
		registration, err := informer.AddEventHandler(handler)
		if err != nil {
			return nil, fmt.Errorf("event handler for %T: %w", w.object, err)
		}
		synced = append(synced, registration.HasSynced)
	}
	return synced, nil
}

// event throws away the graphs that a change makes wrong.
func (s *State) event(o metav1.Object) {
	switch o.(type) {
	case *networkingv1.IngressClass:
		s.graphs.forgetAll()
	case *networkingv1.Ingress, *metav1.PartialObjectMetadata:
		// Ingresses of different namespaces may share a load balancer, and the labels of a
		// Namespace decide whether its Ingresses may; they let routes in elsewhere, too.
		s.graphs.forgetAll()
	default:
		s.graphs.forget(o.GetNamespace())
	}
	s.tell(o)
}

// settle tells whether the optional kinds are settled, and remembers it: a kind that
// appears later is a gap until it has been read, and must not stop a replica that serves.
func (s *State) settle() bool {
	settled := s.kinds.settled()
	if settled {
		s.settled.Store(true)
	}
	return settled
}

// onAny calls event for every kind of change. A deletion that was missed comes as a
// tombstone, which is no object (LBC issue 4879).
func onAny(event func(metav1.Object)) toolscache.ResourceEventHandler {
	handle := func(obj any) {
		if tombstone, ok := obj.(toolscache.DeletedFinalStateUnknown); ok {
			obj = tombstone.Obj
		}
		if o, ok := obj.(metav1.Object); ok {
			event(o)
		}
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    handle,
		UpdateFunc: func(_, obj any) { handle(obj) },
		DeleteFunc: handle,
	}
}

// unlessStatus passes over updates in which nothing changed but the status, as the
// load balancer controller writes them.
func unlessStatus(h toolscache.ResourceEventHandler) toolscache.ResourceEventHandler {
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc: func(obj any) { h.OnAdd(obj, false) },
		UpdateFunc: func(before, after any) {
			if !sameButStatus(before, after) {
				h.OnUpdate(before, after)
			}
		},
		DeleteFunc: h.OnDelete,
	}
}

func sameButStatus(before, after any) bool {
	a, ok := before.(metav1.Object)
	b, too := after.(metav1.Object)
	return ok && too && a.GetUID() == b.GetUID() && a.GetGeneration() == b.GetGeneration() && a.GetGeneration() != 0 &&
		maps.Equal(a.GetAnnotations(), b.GetAnnotations()) && slices.Equal(a.GetFinalizers(), b.GetFinalizers()) &&
		a.GetDeletionTimestamp().Equal(b.GetDeletionTimestamp())
}
