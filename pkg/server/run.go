package server

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/cluster"
	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/metrics"
	"github.com/rollguard/rollguard/pkg/posture"
)

// server is one running webhook.
type server struct {
	options  Options
	source   certs.Source
	cache    cache.Cache
	state    *cluster.State
	recorder *metrics.Recorder
	gauges   *metrics.Posture
	webhook  *endpoint
	ops      *ops
	posture  *posture.Loop
	draining atomic.Bool
	// gate is shared by all handlers that there ever are.
	gate *admission.Gate
	// current answers with the configuration that is in use.
	current atomic.Pointer[admission.Handler]
	file    *configFile
	pod     *ownPod
	expiry  *expiry
}

// Run serves until ctx ends, then drains and returns. An error means that the
// webhook cannot run at all: bad options, a port in use.
func Run(ctx context.Context, o Options) error {
	s, err := build(ctx, o)
	if err != nil {
		return err
	}
	return s.run(ctx)
}

// build makes all parts; nothing runs yet.
func build(ctx context.Context, o Options) (*server, error) {
	s := &server{options: o}
	registry, err := s.newRecorder()
	if err != nil {
		return nil, err
	}
	if s.source, err = newSource(o, func(error) { s.recorder.InternalError(stageCertificate) }); err != nil {
		return nil, err
	}
	if s.cache, err = newCache(o); err != nil {
		return nil, err
	}
	s.state, err = cluster.New(ctx, cluster.Options{
		Config: o.Config, Cache: s.cache, Topology: config.Topology(o.Webhook),
		GraphBuilt: s.recorder.GraphBuilt, Log: o.Log.Named("cluster"),
	})
	if err != nil {
		return nil, err
	}
	if s.pod, err = newOwnPod(o.Config, o.Pod); err != nil {
		return nil, err
	}
	s.gate = admission.NewGate(debug.SetMemoryLimit(-1)) // -1 only asks
	if s.webhook, err = s.newEndpoint(); err != nil {
		return nil, err
	}
	s.file = s.newConfigFile()
	s.expiry = &expiry{source: s.source, clock: clock.RealClock{}, tell: s.pod.tell, log: o.Log.Named("certificates")}
	if s.posture, err = s.newPosture(); err != nil {
		return nil, err
	}
	s.ops, err = s.newOps(ctx, registry)
	return s, err
}

func newCache(o Options) (cache.Cache, error) {
	scheme := runtime.NewScheme() // of what the cache holds as types: all kinds of Kubernetes take megabytes
	if err := networkingv1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("scheme: %w", err)
	}
	co := cluster.CacheOptions()
	co.Scheme = scheme
	c, err := cache.New(o.Config, co)
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	return c, nil
}

// run starts everything and stops it in order: first say goodbye, then go on
// answering for a while, then close.
func (s *server) run(ctx context.Context) error {
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	parts, inner := errgroup.WithContext(inner)
	for name, start := range map[string]func(context.Context) error{
		"cache":        s.cache.Start,
		"cluster":      s.state.Start,
		"certificates": s.source.Start,
		"webhook":      s.webhook.start,
		"ops":          s.ops.start,
		"config":       s.file.start,
		"expiry":       s.expiry.start,
		"posture":      s.startPosture,
	} {
		parts.Go(func() error {
			if err := start(inner); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	select {
	case <-inner.Done(): // a part failed
	case <-ctx.Done():
		s.drain(inner)
	}
	stop()
	return parts.Wait()
}

// drain turns readiness off, so that endpoints forget this replica, and lets every
// answer close its connection, so that API servers open new ones elsewhere.
func (s *server) drain(ctx context.Context) {
	s.draining.Store(true)
	s.options.Log.Info("draining", zap.Duration("delay", s.options.DrainDelay))
	timer := time.NewTimer(s.options.DrainDelay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	s.options.Log.Info("stopping")
}
