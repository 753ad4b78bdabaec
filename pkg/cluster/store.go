package cluster

import (
	"fmt"
	"sync"

	"go.uber.org/zap"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	toolscache "k8s.io/client-go/tools/cache"
)

// stored is a pointer to an object of one kind.
type stored interface {
	comparable
	metav1.Object
	runtime.Object
}

// store keeps the objects of one kind by namespace and name, trimmed. It is the store of a
// client-go Reflector: an informer would have a queue, an index and a buffer of events
// beside it, and of 30,000 objects that is felt.
type store[T stored] struct {
	kind string
	// trim takes from an object what is used of it.
	trim func(T) T
	// changed is called after each change of what is used, with the zero value for an object
	// that was not there before or is not there any more.
	changed func(before, after T)
	log     *zap.Logger

	mu    sync.RWMutex
	known map[string]map[string]T
	// filled is set once all objects were seen, refused while we may not look.
	filled, refused bool
}

// in are the objects of a namespace, in no order. They must not be changed.
func (s *store[T]) in(namespace string) []T {
	s.mu.RLock()
	defer s.mu.RUnlock()
	objects := s.known[namespace]
	if len(objects) == 0 {
		return nil
	}
	out := make([]T, 0, len(objects))
	for _, o := range objects {
		out = append(out, o)
	}
	return out
}

// ready tells whether all objects were seen once.
func (s *store[T]) ready() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.filled
}

// Add implements [toolscache.ReflectorStore].
func (s *store[T]) Add(obj any) error {
	o, ok := obj.(T)
	if !ok {
		return s.stray(obj)
	}
	s.put(s.trim(o))
	return nil
}

// Update implements [toolscache.ReflectorStore].
func (s *store[T]) Update(obj any) error { return s.Add(obj) }

// Delete implements [toolscache.ReflectorStore].
func (s *store[T]) Delete(obj any) error {
	o, ok := obj.(T)
	if !ok {
		return s.stray(obj)
	}
	s.remove(o.GetNamespace(), o.GetName())
	return nil
}

// Replace implements [toolscache.ReflectorStore]. What stayed as it was is no change.
func (s *store[T]) Replace(objects []any, _ string) error {
	listed := map[string]map[string]bool{}
	for _, obj := range objects {
		t, ok := s.trimmed(obj)
		if !ok {
			return s.stray(obj)
		}
		o := t.object
		if listed[o.GetNamespace()] == nil {
			listed[o.GetNamespace()] = map[string]bool{}
		}
		listed[o.GetNamespace()][o.GetName()] = true
		s.put(o)
	}
	for _, gone := range s.missing(listed) {
		s.remove(gone.GetNamespace(), gone.GetName())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filled = true
	return nil
}

// missing are the objects that are not among the listed ones.
func (s *store[T]) missing(listed map[string]map[string]bool) []T {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []T
	for namespace, objects := range s.known {
		for name, o := range objects {
			if !listed[namespace][name] {
				out = append(out, o)
			}
		}
	}
	return out
}

// Resync implements [toolscache.ReflectorStore]; nothing is ever behind.
func (*store[T]) Resync() error { return nil }

// trimmed is an object that has been trimmed. It has a type of its own, so that it is not
// trimmed again: the copies of a whole list would all be in memory beside the list.
type trimmed[T stored] struct{ object T }

// GetObjectMeta has client-go find namespace and name.
func (t trimmed[T]) GetObjectMeta() metav1.Object { return t.object }

// trimmed is an object of a list: a list that comes as a stream of events has been through
// the Transformer, one that comes as a whole has not.
func (s *store[T]) trimmed(obj any) (t trimmed[T], ok bool) {
	if t, ok = obj.(trimmed[T]); ok {
		return t, true
	}
	o, ok := obj.(T)
	if !ok {
		return t, false
	}
	return trimmed[T]{s.trim(o)}, true
}

// Transformer implements [toolscache.TransformingStore]: the objects of a list are all in
// memory for a moment. When everything is listed again, as after a long absence of the API
// server, those that are as they were are not there twice.
func (s *store[T]) Transformer() toolscache.TransformFunc {
	return func(obj any) (any, error) {
		t, ok := s.trimmed(obj)
		if !ok {
			return obj, nil
		}
		kept, exists := s.get(t.object.GetNamespace(), t.object.GetName())
		if exists && apiequality.Semantic.DeepEqual(kept, t.object) {
			t.object = kept
		}
		return t, nil
	}
}

func (s *store[T]) get(namespace, name string) (o T, exists bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, exists = s.known[namespace][name]
	return o, exists
}

func (s *store[T]) put(o T) {
	before, changed := s.swap(o)
	if changed {
		s.changed(before, o)
	}
}

// swap keeps the object that is there when nothing of it has changed that is used, as
// when a controller wrote a status.
func (s *store[T]) swap(o T) (before T, changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, exists := s.known[o.GetNamespace()][o.GetName()]
	if exists && (before == o || apiequality.Semantic.DeepEqual(before, o)) {
		return before, false
	}
	if s.known[o.GetNamespace()] == nil {
		s.known[o.GetNamespace()] = map[string]T{}
	}
	s.known[o.GetNamespace()][o.GetName()] = o
	return before, true
}

func (s *store[T]) remove(namespace, name string) {
	s.mu.Lock()
	before, exists := s.known[namespace][name]
	delete(s.known[namespace], name)
	if len(s.known[namespace]) == 0 {
		delete(s.known, namespace)
	}
	s.mu.Unlock()
	if exists {
		var none T
		s.changed(before, none)
	}
}

func (s *store[T]) stray(obj any) error {
	return fmt.Errorf("%s: a %T where an object of the kind is expected", s.kind, obj)
}

// noted says once that the objects cannot be read, and that they can be read again. What
// was read before stays in use.
func (s *store[T]) noted(err error) error {
	refused := apierrors.IsForbidden(err)
	if err != nil && !refused {
		return err
	}
	s.mu.Lock()
	before := s.refused
	s.refused = refused
	s.mu.Unlock()
	switch {
	case refused && !before:
		s.log.Error("a kind may not be read, without which nothing can be decided: is the ClusterRole complete?", zap.String("kind", s.kind), zap.Error(err))
	case before && !refused:
		s.log.Info("a kind can be read again", zap.String("kind", s.kind))
	}
	return err
}
