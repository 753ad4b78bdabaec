package metrics

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Recorder counts what the webhook does. Its methods may be called from many
// goroutines.
type Recorder struct {
	requests       grid
	duration       prometheus.Histogram
	findings       counters
	internalErrors counters
	graphBuilds    prometheus.Counter
	dropped        counters
	config         configFile
}

// New returns a Recorder whose metrics are registered. It is an error when an
// option is missing or when a metric of the same name is registered already; then
// nothing stays registered.
func New(o Options) (*Recorder, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rollguard_admission_requests_total",
		Help: "Admission requests that were answered, by the mode in force and the outcome.",
	}, []string{"mode", "outcome"})
	findings := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rollguard_findings_total",
		Help: "Findings of answered admission requests, by reason code.",
	}, []string{"code"})
	internalErrors := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rollguard_internal_errors_total",
		Help: "Errors of Rollguard itself, by the stage in which they happened.",
	}, []string{"stage"})
	duration := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "rollguard_admission_duration_seconds",
		Help:    "Time in seconds from a decoded admission request to its response.",
		Buckets: durationBuckets(),
	})
	graphBuilds := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rollguard_graph_builds_total",
		Help: "Traffic graphs of namespaces that were built anew.",
	})
	dropped := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rollguard_connections_dropped_total",
		Help: "Connections to the webhook's port that were dropped: too many were open, or their handshake failed.",
	}, []string{"reason"})
	config, ofConfig := newConfigFile()
	all := slices.Concat(ofConfig, []prometheus.Collector{requests, findings, internalErrors, duration, graphBuilds, dropped, expiryGauge(o.CertificateExpiry)})
	err := register(o.Registerer, all...)
	if err != nil {
		return nil, err
	}
	return &Recorder{
		requests: resolveGrid(o.Modes, o.Outcomes, func(mode, outcome string) prometheus.Counter {
			return requests.WithLabelValues(mode, outcome)
		}),
		duration:       duration,
		findings:       resolve(o.Codes, func(code string) prometheus.Counter { return findings.WithLabelValues(code) }),
		internalErrors: resolve(o.Stages, func(stage string) prometheus.Counter { return internalErrors.WithLabelValues(stage) }),
		graphBuilds:    graphBuilds,
		dropped:        resolve(o.DropReasons, func(reason string) prometheus.Counter { return dropped.WithLabelValues(reason) }),
		config:         config,
	}, nil
}

// ConnectionDropped counts a connection by why it was dropped.
func (r *Recorder) ConnectionDropped(reason string) { r.dropped.of(reason).Inc() }

// durationBuckets returns the bounds in seconds. They begin at 0.1 ms because a
// decision takes a fraction of a millisecond, and end at 2 s, the timeout that the
// webhook configuration sets.
func durationBuckets() []float64 {
	return []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2}
}

// expiryGauge is read at every scrape. Without a certificate it says 0, the year
// 1970, so that an alert on a near expiry fires for that too.
func expiryGauge(expiry func() time.Time) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "rollguard_certificate_expiry_timestamp_seconds",
		Help: "Unix time in seconds at which the serving certificate expires, 0 without a certificate.",
	}, func() float64 {
		if expiry == nil {
			return 0
		}
		at := expiry()
		if at.IsZero() {
			return 0
		}
		return float64(at.Unix())
	})
}

// register registers all or nothing.
func register(registerer prometheus.Registerer, all ...prometheus.Collector) error {
	for i, collector := range all {
		err := registerer.Register(collector)
		if err == nil {
			continue
		}
		for _, done := range all[:i] {
			registerer.Unregister(done)
		}
		var twice prometheus.AlreadyRegisteredError
		if errors.As(err, &twice) {
			return fmt.Errorf("metrics: a Recorder is registered already: %w", err)
		}
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}

// Admission counts an answered admission request and the time that it took.
func (r *Recorder) Admission(mode, outcome string, took time.Duration) {
	r.requests.of(mode, outcome).Inc()
	r.duration.Observe(took.Seconds())
}

// Finding counts a finding by its reason code.
func (r *Recorder) Finding(code string) { r.findings.of(code).Inc() }

// InternalError counts an error of Rollguard itself by where it happened.
func (r *Recorder) InternalError(stage string) { r.internalErrors.of(stage).Inc() }

// GraphBuilt counts a traffic graph that was built.
func (r *Recorder) GraphBuilt() { r.graphBuilds.Inc() }
