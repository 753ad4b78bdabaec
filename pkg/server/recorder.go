package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/rollguard/rollguard/pkg/admission"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/metrics"
	"github.com/rollguard/rollguard/pkg/policy"
)

const stageCertificate = "certificate"

// newRecorder makes the recorder and the registry that its metrics are in. The
// registry of controller-runtime, which is one for the whole process, is served
// beside it.
func (s *server) newRecorder() (prometheus.Gatherer, error) {
	registry := prometheus.NewRegistry()
	recorder, err := metrics.New(metrics.Options{
		Registerer:        registry,
		Modes:             []string{string(api.Fill), string(api.Enforce), string(api.Audit)},
		Outcomes:          admission.Outcomes(),
		Codes:             codes(),
		Stages:            append(admission.Stages(), stageCertificate),
		CertificateExpiry: func() time.Time { return s.source.NotAfter() },
	})
	if err != nil {
		return nil, err
	}
	s.recorder = recorder
	if s.gauges, err = newGauges(registry); err != nil {
		return nil, err
	}
	return prometheus.Gatherers{registry, ctrlmetrics.Registry}, nil
}

func codes() []string {
	entries := policy.Catalogue()
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = string(e.Code)
	}
	return out
}
