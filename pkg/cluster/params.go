package cluster

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/rollguard/rollguard/pkg/topology"
)

// discoverEvery is how often it is looked whether the optional kind came or went.
const discoverEvery = 15 * time.Second

// paramsResource is LBC's IngressClassParams. Its CustomResourceDefinition comes
// with LBC, so it may be absent, appear later and go away.
func paramsResource() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "elbv2.k8s.aws", Version: "v1beta1", Resource: "ingressclassparams"}
}

// paramsWatch keeps the IngressClassParams of the cluster, while the kind exists.
type paramsWatch struct {
	discoverer discovery.ServerResourcesInterface
	client     dynamic.Interface
	changed    func()
	log        *zap.Logger

	mu       sync.Mutex
	looked   bool // whether it is known if the kind exists
	informer toolscache.SharedIndexInformer
	stop     context.CancelFunc
}

func newParamsWatch(d discovery.ServerResourcesInterface, c dynamic.Interface, changed func(), log *zap.Logger) *paramsWatch {
	return &paramsWatch{discoverer: d, client: c, changed: changed, log: log}
}

// run looks for the kind until ctx ends.
func (w *paramsWatch) run(ctx context.Context) {
	ticker := time.NewTicker(discoverEvery)
	defer ticker.Stop()
	for {
		w.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (w *paramsWatch) look(ctx context.Context) {
	gvr := paramsResource()
	list, err := w.discoverer.ServerResourcesForGroupVersion(gvr.GroupVersion().String())
	if err != nil && !apierrors.IsNotFound(err) {
		w.log.Warn("it cannot be told whether IngressClassParams exist", zap.Error(err))
		return
	}
	exists := false
	if list != nil {
		for i := range list.APIResources {
			exists = exists || list.APIResources[i].Name == gvr.Resource
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looked = true
	switch {
	case exists && w.informer == nil:
		w.start(ctx)
	case !exists && w.informer != nil:
		w.stop()
		w.informer, w.stop = nil, nil
		w.changed()
	}
}

func (w *paramsWatch) start(ctx context.Context) {
	ctx, w.stop = context.WithCancel(ctx)
	factory := dynamicinformer.NewDynamicSharedInformerFactory(w.client, 0)
	w.informer = factory.ForResource(paramsResource()).Informer()
	notify := func(any) { w.changed() }
	if _, err := w.informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc: notify, UpdateFunc: func(any, any) { w.changed() }, DeleteFunc: notify,
	}); err != nil {
		w.log.Error("IngressClassParams are not watched", zap.Error(err))
	}
	factory.Start(ctx.Done())
}

// ready tells whether the kind is known to be absent, or has been read.
func (w *paramsWatch) ready() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.looked && (w.informer == nil || w.informer.HasSynced())
}

// all are the params as they are now.
func (w *paramsWatch) all() []*topology.IngressClassParams {
	w.mu.Lock()
	informer := w.informer
	w.mu.Unlock()
	if informer == nil {
		return nil
	}
	var out []*topology.IngressClassParams
	for _, obj := range informer.GetStore().List() {
		u, ok := obj.(*unstructured.Unstructured)
		if !ok {
			continue
		}
		var params classParams
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &params); err != nil {
			w.log.Warn("IngressClassParams cannot be read", zap.String("name", u.GetName()), zap.Error(err))
			continue
		}
		out = append(out, params.topology())
	}
	return out
}
