package cluster

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"go.uber.org/zap"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/rollguard/rollguard/pkg/topology"
)

// kindWatch keeps the objects of one optional kind, while it exists.
type kindWatch struct {
	kind   topology.Optional
	client dynamic.Interface
	reactions
	log *zap.Logger

	mu     sync.Mutex
	looked bool    // whether it is known if the kind exists
	open   *opened // nil while the kind is absent
	// foreign is why a kind that is served is not watched; empty when it is, or is absent.
	foreign string
}

// opened is one informer and what became of it.
type opened struct {
	version string
	// since is when reading began.
	since  time.Time
	store  toolscache.Indexer
	stop   context.CancelFunc
	synced bool
	// trouble is why the objects cannot be read now; empty when they can.
	trouble string
	// complained is set once trouble was told of.
	complained bool
	// failures count those in a row.
	failures int
}

// enoughFailures in a row, before the first success, make a kind pass for unreadable: a
// CustomResourceDefinition whose conversion is broken must not keep a replica from
// serving, and one hiccup of the API server must not make gaps.
const enoughFailures = 3

// patienceForKind is how long those who are in no hurry wait for a kind that has just
// appeared: the first list takes less than a second as a rule, and until it is there every
// Deployment would seem to be at risk.
const patienceForKind = 30 * time.Second

func newKindWatch(kind topology.Optional, c dynamic.Interface, r reactions, log *zap.Logger) *kindWatch {
	return &kindWatch{kind: kind, client: c, reactions: r, log: log.With(zap.String("kind", kind.Name()))}
}

// use opens the watch for a version, or closes it for none. A version that is still
// served but no longer the best is kept only until the watch is opened anew.
func (w *kindWatch) use(ctx context.Context, where found) {
	version, foreign := where.version, w.kind.Foreign(where.foreign)
	w.mu.Lock()
	before, wasForeign := w.open, w.foreign
	w.looked, w.foreign = true, foreign
	if wasForeign == foreign && (before == nil && version == "" || before != nil && before.version == version) {
		w.mu.Unlock()
		return
	}
	w.open = nil
	if before != nil {
		before.stop()
	}
	if version != "" {
		w.start(ctx, version)
	}
	w.mu.Unlock()
	switch {
	case version != "": // told when it is synced
	case foreign != "":
		w.log.Warn("an optional kind "+foreign+": objects of it are not seen", zap.Strings("served", where.foreign))
	default:
		w.log.Info("an optional kind has gone")
	}
	w.reset()
}

// start runs an informer until the watch is closed.
func (w *kindWatch) start(ctx context.Context, version string) {
	ctx, stop := context.WithCancel(ctx)
	o := &opened{version: version, since: time.Now(), stop: stop}
	informer := toolscache.NewSharedIndexInformer(w.lister(o, version), &unstructured.Unstructured{}, 0,
		toolscache.Indexers{toolscache.NamespaceIndex: toolscache.MetaNamespaceIndexFunc})
	o.store, w.open = informer.GetIndexer(), o
	// Neither fails before the informer has started. Errors are told of by lister.
	_ = informer.SetTransform(w.decode)
	_ = informer.SetWatchErrorHandlerWithContext(func(context.Context, *toolscache.Reflector, error) {})
	registration, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc: w.handle, DeleteFunc: w.handle,
		UpdateFunc: func(old, obj any) {
			if !sameForUs(old, obj) {
				w.handle(obj)
			}
		},
	})
	if err != nil {
		w.log.Error("an optional kind is not watched", zap.Error(err))
		return
	}
	go informer.RunWithContext(ctx)
	go func() {
		if toolscache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
			w.mu.Lock()
			o.synced = true
			said := o.complained
			w.mu.Unlock()
			if !said { // else it was said that it can be read again
				w.log.Info("an optional kind is watched", zap.String("version", version))
			}
			w.reset()
		}
	}()
}

// lister reads the objects and notes whether that works.
func (w *kindWatch) lister(o *opened, version string) toolscache.ListerWatcher {
	resource := w.client.Resource(schema.GroupVersionResource{Group: w.kind.Group, Version: version, Resource: w.kind.Resource})
	return &toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			list, err := resource.List(ctx, options)
			w.note(ctx, o, err)
			if err != nil {
				return nil, err
			}
			return list, nil
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			events, err := resource.Watch(ctx, options)
			w.note(ctx, o, err)
			return events, err
		},
	}
}

// note remembers why reading fails, and says it once. What was read before stays in use
// when the API server is only out of reach; a right that was taken away is another thing.
func (w *kindWatch) note(ctx context.Context, o *opened, err error) {
	if ctx.Err() != nil || apierrors.IsInvalid(err) || apierrors.IsResourceExpired(err) || apierrors.IsBadRequest(err) {
		return // closing, or the reflector tries another way
	}
	if apierrors.IsNotFound(err) {
		w.vanished()
	}
	trouble, changed := w.troubled(o, err)
	if !changed {
		return
	}
	if trouble != "" {
		w.log.Warn("an optional kind cannot be read", zap.Error(err))
	} else {
		w.log.Info("an optional kind can be read again")
	}
	w.reset()
}

func (w *kindWatch) troubled(o *opened, err error) (trouble string, changed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o.failures++
	switch {
	case err == nil:
		o.failures = 0
	case apierrors.IsForbidden(err):
		trouble = "cannot be read: Rollguard lacks the right to list and watch them"
	case o.synced || o.failures < enoughFailures:
		return "", false
	default:
		trouble = "cannot be read: " + err.Error()
	}
	changed, o.trouble = o.trouble != trouble, trouble
	o.complained = o.complained || trouble != ""
	return trouble, changed
}

func (w *kindWatch) handle(obj any) {
	if tombstone, ok := obj.(toolscache.DeletedFinalStateUnknown); ok {
		obj = tombstone.Obj
	}
	if o, ok := obj.(metav1.Object); ok {
		w.event(o.GetNamespace())
	}
}

// decode keeps of an object what the graph uses. An error would make the informer start
// over for ever, so what cannot be decoded is kept as that.
func (w *kindWatch) decode(obj any) (any, error) {
	u, ok := obj.(*unstructured.Unstructured)
	if !ok {
		return obj, nil // decoded already, or a tombstone
	}
	into := w.kind.New()
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, into); err != nil {
		into = &topology.Unreadable{ObjectMeta: metav1.ObjectMeta{
			Namespace: u.GetNamespace(), Name: u.GetName(), ResourceVersion: u.GetResourceVersion(),
		}, Reason: w.mismatch(u, err), Text: specText(u)}
	}
	into.SetManagedFields(nil)
	into.SetOwnerReferences(nil)
	into.SetFinalizers(nil)
	into.SetAnnotations(nil)
	into.SetUID("")
	return into, nil
}

// specText is what still tells of an object whom it is about.
func specText(u *unstructured.Unstructured) string {
	text, err := u.MarshalJSON()
	if err != nil {
		return ""
	}
	return topology.SpecText(text)
}

// mismatch says why an object cannot be decoded. The converter does not tell the field, and
// JSON does.
func (w *kindWatch) mismatch(u *unstructured.Unstructured, err error) string {
	text, failed := u.MarshalJSON()
	if failed == nil {
		failed = json.Unmarshal(text, w.kind.New())
	}
	if words, ok := topology.Mismatch(failed); ok {
		return "field " + words
	}
	return err.Error()
}

// sameForUs tells whether a change is of the status only: controllers write it often.
func sameForUs(old, obj any) bool {
	a, ok1 := old.(metav1.Object)
	b, ok2 := obj.(metav1.Object)
	return ok1 && ok2 && a.GetGeneration() != 0 && a.GetGeneration() == b.GetGeneration() &&
		labels.Equals(a.GetLabels(), b.GetLabels()) && (a.GetDeletionTimestamp() == nil) == (b.GetDeletionTimestamp() == nil)
}

func (w *kindWatch) settled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.looked && (w.open == nil || w.open.synced || w.open.trouble != "")
}

// hidden says why the objects of a kind that exists are not known.
func (w *kindWatch) hidden() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.open == nil:
		return w.foreign
	case w.open.trouble != "":
		return w.open.trouble
	case !w.open.synced:
		return beingRead
	}
	return ""
}

// beingRead goes with one kind and with several.
const beingRead = "could not be read yet"

// unreadUntil is when to wait no longer for a kind that has just appeared; zero where
// there is nothing to wait for.
func (w *kindWatch) unreadUntil() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == nil || w.open.synced || w.open.trouble != "" {
		return time.Time{}
	}
	return w.open.since.Add(patienceForKind)
}

// in lists the objects of a namespace, "" for a kind without namespaces.
func (w *kindWatch) in(namespace string) []metav1.Object {
	w.mu.Lock()
	o := w.open
	w.mu.Unlock()
	if o == nil {
		return nil
	}
	found, err := o.store.ByIndex(toolscache.NamespaceIndex, namespace)
	if err != nil {
		return nil // the index exists
	}
	out := make([]metav1.Object, 0, len(found))
	for _, obj := range found {
		if m, ok := obj.(metav1.Object); ok {
			out = append(out, m)
		}
	}
	return out
}
