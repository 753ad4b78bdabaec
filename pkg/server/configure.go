package server

import (
	"context"
	"net/http"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/clock"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
	"github.com/rollguard/rollguard/pkg/decision"
)

// handler answers with a configuration. Each has a handler of its own, so that no request
// sees half of one and half of another.
func (s *server) handler(c *v1alpha1.WebhookConfiguration) *admission.Handler {
	h := &admission.Handler{
		Cluster:       sleepAction{s.state, c.PreStopAction},
		Decider:       s.options.Decider,
		Recorder:      s.recorder,
		Log:           s.options.Log.Named("admission"),
		Gate:          s.gate,
		Warnings:      admission.Warnings(c.Warnings),
		AssumeService: config.AssumeService(c),
		Probe:         s.options.Posture.ProbeNamespace,
		Excluded:      excluded(s.options.Certificates.Namespace, c),
		Admitted:      s.admitted,
	}
	if h.Decider == nil {
		h.Decider = decision.NewMaker(config.Resolver(c))
	}
	return h
}

// configure puts a configuration to use, while requests are being answered.
func (s *server) configure(c *v1alpha1.WebhookConfiguration) {
	s.state.SetTopology(config.Topology(c))
	s.current.Store(s.handler(c))
	if s.posture != nil {
		s.posture.LimitRepairs(int(c.Repair.PerMinute))
	}
}

// configured answers with the configuration of this moment.
func (s *server) configured(w http.ResponseWriter, r *http.Request) {
	s.current.Load().ServeHTTP(w, r)
}

// reached answers the self-probe.
func (s *server) reached(w http.ResponseWriter, r *http.Request) { s.current.Load().Reached(w, r) }

func (s *server) newConfigFile() *configFile {
	log := s.options.Log.Named("config")
	return &configFile{
		path:    s.options.ConfigFile,
		current: s.options.Webhook,
		clock:   clock.RealClock{},
		log:     log,
		apply: func(c *v1alpha1.WebhookConfiguration) {
			s.configure(c)
			s.recorder.ConfigApplied()
		},
		refuse: func(ctx context.Context, err error) {
			s.recorder.ConfigRefused()
			if err := s.pod.tell(ctx, note{corev1.EventTypeWarning, reasonConfigRefused, err.Error()}); err != nil {
				log.Warn("no Event tells of the refused configuration", zap.Error(err))
			}
		},
	}
}
