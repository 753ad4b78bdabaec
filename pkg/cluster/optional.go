package cluster

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/dynamic"

	"github.com/rollguard/rollguard/pkg/topology"
)

// optionalKinds keeps the objects of those optional kinds that the cluster has: for each
// there is an informer, which opens when its CustomResourceDefinition appears and closes
// when that goes.
type optionalKinds struct {
	discoverer discoverer
	log        *zap.Logger
	watches    []*kindWatch
	// soon asks for a look before the next is due.
	soon chan struct{}
	// failing is the last thing that kept us from looking, so that it is logged once.
	failing string
}

// reactions are what the informers of optional kinds call.
type reactions struct {
	// event is a change of an object in a namespace, "" for one of the cluster.
	event func(namespace string)
	// reset is a change of what can be known at all: a kind came, went, was read for the
	// first time or cannot be read any more.
	reset func()
	// vanished is called when the API server says that there is no such kind.
	vanished func()
}

func newOptionalKinds(d discoverer, c dynamic.Interface, r reactions, log *zap.Logger) *optionalKinds {
	k := &optionalKinds{discoverer: d, log: log, soon: make(chan struct{}, 1)}
	r.vanished = k.lookSoon
	for _, kind := range topology.Optionals() {
		k.watches = append(k.watches, newKindWatch(kind, c, r, log))
	}
	return k
}

func (k *optionalKinds) lookSoon() {
	select {
	case k.soon <- struct{}{}:
	default:
	}
}

// run looks for the kinds until ctx ends.
func (k *optionalKinds) run(ctx context.Context) {
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	var b beat
	for asked := true; ; {
		// Whatever keeps us from knowing the tag, a look has words for it.
		tag, _ := k.discoverer.tag(ctx, b.tag)
		if now := time.Now(); b.due(tag, now) || asked {
			b.failed, b.looked = !k.look(ctx), now
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			asked = false
		case <-k.soon:
			asked = true
		}
	}
}

// look asks for every API group and version once, and opens and closes what has to be. A version of
// which nothing is learnt leaves its kinds as they are. It tells whether all was learnt.
func (k *optionalKinds) look(ctx context.Context) bool {
	round := newDiscovered(k.discoverer)
	for _, w := range k.watches {
		found, err := round.served(ctx, w.kind)
		if err != nil {
			k.report(w.kind, err)
			return false
		}
		w.use(ctx, found)
	}
	k.failing = ""
	return true
}

func (k *optionalKinds) report(kind topology.Optional, err error) {
	if reason := err.Error(); reason != k.failing {
		k.failing = reason
		k.log.Warn("it cannot be told whether an optional kind exists", zap.String("kind", kind.Name()), zap.Error(err))
	}
}

// settled tells whether of each kind it is known that it is absent, or that it has been
// read, or that it cannot be read: a missing right must not keep a replica from serving.
func (k *optionalKinds) settled() bool {
	return !slices.ContainsFunc(k.watches, func(w *kindWatch) bool { return !w.settled() })
}

func (k *optionalKinds) watch(kind topology.Optional) *kindWatch {
	for _, w := range k.watches {
		if w.kind.Kind == kind.Kind && w.kind.Group == kind.Group {
			return w
		}
	}
	return nil
}
