package cluster

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"go.uber.org/zap"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
)

// reflected keeps one small value for each object of a kind, and of the objects
// themselves nothing: a cluster has many volume claims, and one byte of each is used. It
// is the store of a client-go Reflector.
//
// The maps of a namespace are never changed once they were handed out.
type reflected[T any] struct {
	kind string
	of   func(runtime.Object) T
	log  *zap.Logger

	mu    sync.RWMutex
	known map[string]map[string]T
	// filled is set once all objects were seen, refused while we may not look, waived once
	// we might not.
	filled, refused, waived bool
}

func newReflected[T any](kind string, of func(runtime.Object) T, log *zap.Logger) *reflected[T] {
	return &reflected[T]{kind: kind, of: of, log: log, known: map[string]map[string]T{}}
}

// in are the values of a namespace by name. They must not be changed.
func (r *reflected[T]) in(namespace string) map[string]T {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.known[namespace]
}

// ready tells whether all objects were seen. Where the right to read them is missing
// there is nothing to wait for: all that is lost is what they would have told.
func (r *reflected[T]) ready() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.filled || r.waived
}

// Add implements [toolscache.ReflectorStore].
func (r *reflected[T]) Add(obj any) error {
	return r.change(obj, func(values map[string]T, name string, o runtime.Object) { values[name] = r.of(o) })
}

// Update implements [toolscache.ReflectorStore].
func (r *reflected[T]) Update(obj any) error { return r.Add(obj) }

// Delete implements [toolscache.ReflectorStore].
func (r *reflected[T]) Delete(obj any) error {
	return r.change(obj, func(values map[string]T, name string, _ runtime.Object) { delete(values, name) })
}

func (r *reflected[T]) change(obj any, apply func(map[string]T, string, runtime.Object)) error {
	o, accessor, err := read(obj)
	if err != nil {
		return fmt.Errorf("%s: %w", r.kind, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	values := maps.Clone(r.known[accessor.GetNamespace()])
	if values == nil {
		values = map[string]T{}
	}
	apply(values, accessor.GetName(), o)
	if len(values) == 0 {
		delete(r.known, accessor.GetNamespace())
		return nil
	}
	r.known[accessor.GetNamespace()] = values
	return nil
}

// Replace implements [toolscache.ReflectorStore].
func (r *reflected[T]) Replace(objects []any, _ string) error {
	known := map[string]map[string]T{}
	for _, obj := range objects {
		o, accessor, err := read(obj)
		if err != nil {
			return fmt.Errorf("%s: %w", r.kind, err)
		}
		if known[accessor.GetNamespace()] == nil {
			known[accessor.GetNamespace()] = map[string]T{}
		}
		known[accessor.GetNamespace()][accessor.GetName()] = r.of(o)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known, r.filled = known, true
	return nil
}

// Resync implements [toolscache.ReflectorStore]; nothing is ever behind.
func (r *reflected[T]) Resync() error { return nil }

// Transformer implements [toolscache.TransformingStore]: the objects of a first list are
// all in memory for a moment.
func (r *reflected[T]) Transformer() toolscache.TransformFunc { return strip }

func read(obj any) (runtime.Object, metav1.Object, error) {
	o, ok := obj.(runtime.Object)
	if !ok {
		return nil, nil, fmt.Errorf("a %T where an object is expected", obj)
	}
	accessor, err := meta.Accessor(o)
	return o, accessor, err
}

// source lists and watches one kind. It is a client of one kind, as clientsets have them.
type source[L runtime.Object] interface {
	List(ctx context.Context, o metav1.ListOptions) (L, error)
	Watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error)
}

// reflectorStore is a store that hears of what keeps it from being filled.
type reflectorStore interface {
	toolscache.ReflectorStore
	// noted is told of each request, and returns its error.
	noted(err error) error
}

// reflect fills the store until ctx ends.
func reflect[L runtime.Object](ctx context.Context, from source[L], example runtime.Object, into reflectorStore) {
	lister := &toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			list, err := from.List(ctx, o)
			return list, into.noted(err)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			w, err := from.Watch(ctx, o)
			return w, into.noted(err)
		},
	}
	toolscache.NewReflectorWithOptions(lister, example, into, toolscache.ReflectorOptions{}).RunWithContext(ctx)
}

// noted remembers that a right is missing, and that it is there again.
func (r *reflected[T]) noted(err error) error {
	refused := apierrors.IsForbidden(err)
	if err != nil && !refused {
		return err
	}
	r.mu.Lock()
	before := r.refused
	r.refused = refused
	if refused {
		r.known, r.waived = map[string]map[string]T{}, true
	}
	r.mu.Unlock()
	if refused && !before {
		r.log.Warn("a kind may not be read, so nothing is known of it: is the ClusterRole older than this version?", zap.String("kind", r.kind), zap.Error(err))
	}
	return err
}
