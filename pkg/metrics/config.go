package metrics

import "github.com/prometheus/client_golang/prometheus"

// The outcomes of a look at a configuration file that has changed.
const (
	configApplied = "applied"
	configRefused = "refused"
)

// configFile counts what became of changed configuration files, and tells whether the
// last one was refused: an alert wants to know what is, not what was.
type configFile struct {
	reloads counters
	refused prometheus.Gauge
}

func newConfigFile() (configFile, []prometheus.Collector) {
	reloads := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rollguard_config_reloads_total",
		Help: "Changed configuration files, by whether they were applied or refused.",
	}, []string{"outcome"})
	refused := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rollguard_config_refused",
		Help: "1 while the configuration file is bad and the one from before is in use, else 0.",
	})
	return configFile{
		reloads: counters{known: map[string]prometheus.Counter{
			configApplied: reloads.WithLabelValues(configApplied), configRefused: reloads.WithLabelValues(configRefused),
		}},
		refused: refused,
	}, []prometheus.Collector{reloads, refused}
}

// ConfigApplied counts a configuration file that was put to use.
func (r *Recorder) ConfigApplied() {
	r.config.reloads.of(configApplied).Inc()
	r.config.refused.Set(0)
}

// ConfigRefused counts a configuration file that cannot be used.
func (r *Recorder) ConfigRefused() {
	r.config.reloads.of(configRefused).Inc()
	r.config.refused.Set(1)
}
