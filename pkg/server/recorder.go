package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
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
		DropReasons:       dropReasons(),
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
	if err := processMetrics(); err != nil {
		return nil, err
	}
	return prometheus.Gatherers{registry, ctrlmetrics.Registry}, nil
}

// processMetrics adds memory, CPU and the Go runtime to the registry of the process.
// controller-runtime has them there only in programs with controllers.
func processMetrics() error {
	for _, collector := range []prometheus.Collector{
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewGoCollector(),
	} {
		var twice prometheus.AlreadyRegisteredError
		if err := ctrlmetrics.Registry.Register(collector); err != nil && !errors.As(err, &twice) {
			return fmt.Errorf("metrics of the process: %w", err)
		}
	}
	return nil
}

func codes() []string {
	entries := policy.Catalogue()
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = string(e.Code)
	}
	return out
}
