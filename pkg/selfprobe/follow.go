package selfprobe

import (
	"context"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// follow calls changed after each change of the webhook configuration, until ctx ends, and
// failed once when that cannot be told, as without the right to: it is tried again, and a
// look comes in its time all the same. The field selector is what RBAC grants.
func (p *Prober) follow(ctx context.Context, changed func(), failed func(error)) {
	configurations := p.Clients.AdmissionregistrationV1().MutatingWebhookConfigurations()
	selector := fields.OneTermEqualSelector(metav1.ObjectNameField, p.Configuration).String()
	blind := false
	note := func(ctx context.Context, err error) {
		if err != nil && !blind && ctx.Err() == nil {
			failed(err)
		}
		blind = err != nil
	}
	// One goroutine lists and watches, so blind needs no lock.
	informer := cache.NewSharedIndexInformer(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = selector
			found, err := configurations.List(ctx, o)
			note(ctx, err)
			return found, err
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = selector
			events, err := configurations.Watch(ctx, o)
			note(ctx, err)
			return events, err
		},
	}, &admissionregistrationv1.MutatingWebhookConfiguration{}, 0, cache.Indexers{})
	// Neither fails before the informer has started. Errors are told of by note.
	_ = informer.SetWatchErrorHandlerWithContext(func(context.Context, *cache.Reflector, error) {})
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		UpdateFunc: func(any, any) { changed() },
		DeleteFunc: func(any) { changed() },
	})
	informer.RunWithContext(ctx)
}
