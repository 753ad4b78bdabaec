package cluster

import (
	"context"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	typednetworkingv1 "k8s.io/client-go/kubernetes/typed/networking/v1"
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
			&networkingv1.IngressClass{}: {},
		},
	}
}

// New starts the informers. The manager's cache must not be running yet or must be
// about to: events are counted from the first one on.
func New(ctx context.Context, o Options) (*State, error) {
	discoverer, err := newGroupDiscoverer(o.Config)
	if err != nil {
		return nil, fmt.Errorf("discovery client: %w", err)
	}
	dynamicClient, err := dynamic.NewForConfig(o.Config)
	if err != nil {
		return nil, fmt.Errorf("dynamic client: %w", err)
	}
	s := &State{reader: o.Cache, discoverer: discoverer, log: o.Log}
	s.graphs = newGraphs(o.Topology, o.GraphBuilt)
	s.graphs.sources = s.sources
	if err := s.keepBulk(o.Config); err != nil {
		return nil, err
	}
	s.kinds = newOptionalKinds(discoverer, dynamicClient, reactions{event: s.graphs.forgetObjects, reset: s.graphs.forgetAll}, o.Log)
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
		return (s.settled.Load() || s.settle()) && s.ingresses.ready() && s.services.ready() && s.rooms.ready()
	}
	s.readVersion()
	return s, nil
}

// keepBulk makes the stores of the kinds that a cluster has many objects of. They come as
// protobuf, which takes half the time and garbage of JSON.
func (s *State) keepBulk(config *rest.Config) error {
	config = rest.CopyConfig(config)
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeProtobuf, runtime.ContentTypeProtobuf+","+runtime.ContentTypeJSON
	core, err := typedcorev1.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client for services, claims and quotas: %w", err)
	}
	networking, err := typednetworkingv1.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client for ingresses: %w", err)
	}
	s.rooms = newRooms(core, s.log)
	s.ingresses = newIngresses(s.graphs.forget, s.log)
	s.services = newServices(s.graphs.forget, s.log)
	s.fill = func(ctx context.Context) {
		go reflect(ctx, networking.Ingresses(corev1.NamespaceAll), &networkingv1.Ingress{}, s.ingresses)
		reflect(ctx, core.Services(corev1.NamespaceAll), &corev1.Service{}, s.services)
	}
	return nil
}

// newServices keeps the Services. A change concerns the namespace alone.
func newServices(forget func(string, ...topic), log *zap.Logger) *store[*corev1.Service] {
	return &store[*corev1.Service]{
		kind: "Service", trim: topology.TrimService, log: log, known: map[string]map[string]*corev1.Service{},
		changed: func(before, after *corev1.Service) {
			if after == nil {
				after = before
			}
			forget(after.Namespace)
		},
	}
}

func (s *State) register(ctx context.Context, c cache.Cache) ([]func() bool, error) {
	var synced []func() bool
	for _, w := range coreKinds() {
		informer, err := c.GetInformer(ctx, w.object, cache.BlockUntilSynced(false))
		if err != nil {
			return nil, fmt.Errorf("informer for %T: %w", w.object, err)
		}
		registration, err := informer.AddEventHandler(onAny(s.event))
		if err != nil {
			return nil, fmt.Errorf("event handler for %T: %w", w.object, err)
		}
		synced = append(synced, registration.HasSynced)
	}
	return synced, nil
}

// event throws away the graphs that a change makes wrong. Either object may be nil.
func (s *State) event(before, after metav1.Object) {
	o := after
	if o == nil {
		o = before
	}
	if _, ok := o.(*networkingv1.IngressClass); ok {
		s.graphs.forgetAll()
		return
	}
	// Labels of a Namespace let routes in elsewhere, and decide whether its Ingresses are
	// members of a group. Its annotations are settings, which no graph holds.
	if before == nil || after == nil || !maps.Equal(before.GetLabels(), after.GetLabels()) {
		s.graphs.forget(o.GetName(), labelsOf(o.GetName()))
		return
	}
	s.graphs.changes.tell(o.GetName())
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

// onAny calls event for every kind of change, with nil for what is not there. A deletion
// that was missed comes as a tombstone, which is no object (LBC issue 4879).
func onAny(event func(before, after metav1.Object)) toolscache.ResourceEventHandler {
	handle := func(before, after any) {
		b, a := objectOf(before), objectOf(after)
		if a != nil || b != nil && after == nil {
			event(b, a)
		}
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(obj any) { handle(nil, obj) },
		UpdateFunc: handle,
		DeleteFunc: func(obj any) { handle(obj, nil) },
	}
}

func objectOf(obj any) metav1.Object {
	if tombstone, ok := obj.(toolscache.DeletedFinalStateUnknown); ok {
		obj = tombstone.Obj
	}
	o, ok := obj.(metav1.Object)
	if !ok {
		return nil
	}
	return o
}
