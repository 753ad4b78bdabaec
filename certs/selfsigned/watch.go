package selfsigned

import (
	"context"
	"sync"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// watch runs one informer per object. They only wake the loop, which reads past
// them: a decision on a cache that lags would redo what was just done. Each is
// limited to one name by field selector, which is also what RBAC grants.
func (a *apiServer) watch(ctx context.Context, changed func()) {
	var running sync.WaitGroup
	running.Go(func() {
		informer(a.secret, &corev1.Secret{}, changed, source[*corev1.SecretList]{a.secrets.List, a.secrets.Watch}).RunWithContext(ctx)
	})
	running.Go(func() {
		informer(a.configuration, &admissionv1.MutatingWebhookConfiguration{}, changed,
			source[*admissionv1.MutatingWebhookConfigurationList]{a.configurations.List, a.configurations.Watch}).RunWithContext(ctx)
	})
	running.Wait()
}

// source is how objects of one type are listed and watched.
type source[L runtime.Object] struct {
	list  func(context.Context, metav1.ListOptions) (L, error)
	watch func(context.Context, metav1.ListOptions) (watch.Interface, error)
}

func informer[L runtime.Object](name string, object runtime.Object, changed func(), from source[L]) cache.Controller {
	selector := fields.OneTermEqualSelector(metav1.ObjectNameField, name).String()
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ObjectType: object,
		ListerWatcher: &cache.ListWatch{
			ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
				o.FieldSelector = selector
				return from.list(ctx, o)
			},
			WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
				o.FieldSelector = selector
				return from.watch(ctx, o)
			},
		},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { changed() },
			UpdateFunc: func(any, any) { changed() },
			DeleteFunc: func(any) { changed() },
		},
	})
	return controller
}
