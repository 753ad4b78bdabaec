package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/topology"
)

// How long a request waits for the cache to see what its author did just before: a
// manifest often holds the namespace and the Deployment, and kubectl creates them
// within a few milliseconds.
const (
	waitForNamespace = time.Second
	waitForLabel     = 200 * time.Millisecond
	waitStep         = 5 * time.Millisecond
)

// ErrNotSynced says that the caches have not seen the whole cluster yet.
var ErrNotSynced = errors.New("the caches are still being filled")

// State answers for the live cluster. Make one with [New].
type State struct {
	reader client.Reader
	graphs *graphs
	kinds  *optionalKinds
	rooms  *rooms
	// ingresses and services are kept by hand, and not by the manager's cache, as there
	// are so many of them.
	ingresses *ingresses
	services  *store[*corev1.Service]
	fill      func(ctx context.Context)
	synced    func() bool
	// settled is set once the optional kinds have been looked for and read.
	settled atomic.Bool

	discoverer discovery.DiscoveryInterface
	log        *zap.Logger
	version    atomic.Int32
}

// Namespace looks up a namespace and its graph. It reads caches only, and waits a
// moment for a namespace that they have not seen yet: the API server asks only about
// namespaces that carry the label, so one without it is old news.
func (s *State) Namespace(ctx context.Context, name string) (decision.Namespace, error) {
	if !s.synced() {
		return decision.Namespace{}, ErrNotSynced
	}
	meta, err := s.fresh(ctx, name)
	if err != nil {
		return decision.Namespace{}, err
	}
	graph, err := s.graphs.get(ctx, name, meta.Labels)
	if err != nil {
		return decision.Namespace{}, err
	}
	return decision.Namespace{Labels: meta.Labels, Annotations: meta.Annotations, Graph: graph, Room: s.rooms.of(name)}, nil
}

func (s *State) fresh(ctx context.Context, name string) (*metav1.PartialObjectMetadata, error) {
	meta, err := s.namespace(ctx, name)
	if err == nil && meta.Labels[api.LabelInject] == api.InjectEnabled {
		return meta, nil
	}
	patience := waitForLabel
	if apierrors.IsNotFound(err) {
		patience = waitForNamespace
	}
	poll := wait.PollUntilContextTimeout(ctx, waitStep, patience, false, func(ctx context.Context) (bool, error) {
		meta, err = s.namespace(ctx, name)
		return err == nil && meta.Labels[api.LabelInject] == api.InjectEnabled, nil
	})
	if err != nil {
		return nil, fmt.Errorf("namespace %s: %w", name, err)
	}
	if poll != nil && !wait.Interrupted(poll) {
		return nil, fmt.Errorf("namespace %s: %w", name, poll)
	}
	return meta, nil
}

func (s *State) namespace(ctx context.Context, name string) (*metav1.PartialObjectMetadata, error) {
	meta := namespaceMetadata()
	err := s.reader.Get(ctx, types.NamespacedName{Name: name}, meta, client.UnsafeDisableDeepCopy)
	return meta, err
}

func namespaceMetadata() *metav1.PartialObjectMetadata {
	meta := &metav1.PartialObjectMetadata{}
	meta.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	return meta
}

// Synced tells whether all caches have seen the whole cluster once.
func (s *State) Synced() bool { return s.synced() }

// sources lists what a namespace's graph is built from. The objects belong to the
// caches and are not copied; the graph only reads them.
func (s *State) sources(ctx context.Context, b *build) (topology.Sources, error) {
	src := topology.Sources{
		Namespace: b.namespace,
		Ingresses: s.ingresses.in(b.namespace),
		Services:  s.services.in(b.namespace),
	}
	sortByName(src.Ingresses)
	sortByName(src.Services)
	var classes networkingv1.IngressClassList
	if err := s.reader.List(ctx, &classes, client.UnsafeDisableDeepCopy); err != nil {
		return topology.Sources{}, fmt.Errorf("ingress classes: %w", err)
	}
	for i := range classes.Items {
		src.Classes = append(src.Classes, &classes.Items[i])
	}
	v := &view{build: b, kinds: s.kinds, ingresses: s.ingresses, labels: func(namespace string) map[string]string {
		meta, err := s.namespace(ctx, namespace)
		if err != nil {
			return nil // no such namespace: no labels
		}
		return meta.Labels
	}}
	src.Objects, src.Neighbours = v, v
	return src, nil
}

// sortByName makes the answer of a graph the same each time it is built.
func sortByName[T metav1.Object](objects []T) {
	slices.SortFunc(objects, func(a, b T) int { return strings.Compare(a.GetName(), b.GetName()) })
}

// Start keeps what informers alone cannot keep: whether optional kinds exist, and
// the API server's version. It blocks until ctx ends and runs on every replica.
func (s *State) Start(ctx context.Context) error {
	go wait.UntilWithContext(ctx, func(context.Context) { s.readVersion() }, versionEvery)
	go s.rooms.run(ctx)
	go s.fill(ctx)
	s.kinds.run(ctx)
	return nil
}
