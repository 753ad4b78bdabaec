package certmanager

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	kubewatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

const (
	// again is how often a Certificate that cannot be read is looked for, and how long a
	// watch lasts. A lasting problem is then counted often enough for an alert.
	again = time.Minute
	// soon is the wait after the first failure; it doubles up to again.
	soon = 2 * time.Second
)

// watch looks at one Certificate until it is told to stop. An informer would do as well,
// but keeps silent about a kind that is not there, which is what we want to tell of.
type watch struct {
	client          dynamic.ResourceInterface
	namespace, name string
	tell            func(Status, error)
}

// run looks at the Certificate until ctx ends. There is a pause after each watch too: one
// that ends at once must not make a busy loop.
func (w *watch) run(ctx context.Context) {
	pause := soon
	for {
		err := w.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			pause = soon
		} else {
			w.tell(Status{}, err)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		if err != nil {
			pause = min(2*pause, again)
		}
	}
}

// follow lists and then watches, until the watch ends, which is no error.
func (w *watch) follow(ctx context.Context) error {
	only := metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector(metav1.ObjectNameField, w.name).String()}
	list, err := w.client.List(ctx, only)
	if err != nil {
		return unreadable(w.namespace, w.name, err)
	}
	if len(list.Items) == 0 {
		w.tell(Status{}, absent(w.namespace, w.name))
	}
	for i := range list.Items {
		w.tell(decode(&list.Items[i]))
	}
	seconds := int64(again / time.Second)
	only.ResourceVersion, only.TimeoutSeconds = list.GetResourceVersion(), &seconds
	events, err := w.client.Watch(ctx, only)
	if err != nil {
		return unreadable(w.namespace, w.name, err)
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		if err := w.take(event); err != nil {
			return err
		}
	}
	return nil
}

func (w *watch) take(event kubewatch.Event) error {
	found, ok := event.Object.(*unstructured.Unstructured)
	switch {
	case event.Type == kubewatch.Error:
		return unreadable(w.namespace, w.name, apierrors.FromObject(event.Object))
	case !ok:
	case event.Type == kubewatch.Deleted:
		w.tell(Status{}, absent(w.namespace, w.name))
	case event.Type == kubewatch.Added || event.Type == kubewatch.Modified:
		w.tell(decode(found))
	}
	return nil
}
