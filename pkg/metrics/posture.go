package metrics

import (
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// PostureOptions are what a Posture is made from. All words are label values.
type PostureOptions struct {
	// Registerer gets the metrics. Required.
	Registerer prometheus.Registerer
	// States and Exposures are what Deployments are counted by.
	States, Exposures []string
	// RepairOutcomes are what may become of a repair.
	RepairOutcomes []string
	// Statuses are what the self-probe may find.
	Statuses []string
}

// Posture shows how the Deployments of the cluster stand. Only the replica that looks
// has values above 0. Its methods may be called from many goroutines.
type Posture struct {
	mu          sync.Mutex
	options     PostureOptions
	deployments *prometheus.GaugeVec
	repairs     counters
	selfProbe   *prometheus.GaugeVec
	leader      prometheus.Gauge
	unread      prometheus.Gauge
	altered     prometheus.Gauge
}

// DeploymentKind is a pair of label values.
type DeploymentKind struct{ State, Exposure string }

// NewPosture returns a Posture whose metrics are registered, or an error and none of
// them registered.
func NewPosture(o PostureOptions) (*Posture, error) {
	p := &Posture{
		options: o,
		deployments: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "rollguard_deployments",
			Help: "Deployments of enabled namespaces when they were last looked at, by how they stand and how traffic reaches them. One replica counts them.",
		}, []string{"state", "exposure"}),
		selfProbe: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "rollguard_self_probe_status",
			Help: "1 for what the last self-probe found, 0 for everything else. One replica probes; it is 0 throughout in the others.",
		}, []string{"status"}),
		leader: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rollguard_posture_leader",
			Help: "1 in the replica that looks for Deployments that admission did not see and makes the self-probe, 0 in the others.",
		}),
		unread: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rollguard_posture_unread_namespaces",
			Help: "Enabled namespaces whose Deployments could not be looked at, as for lack of a right. One replica counts them.",
		}),
		altered: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rollguard_webhook_configuration_differences",
			Help: "Fields of the webhook configuration that are not as Rollguard's manifest has them, so that it is called for less, or otherwise than it should be. One replica looks.",
		}),
	}
	repairs := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rollguard_repairs_total",
		Help: "Repairs of Deployments that admission did not see, by what became of them.",
	}, []string{"outcome"})
	if err := register(o.Registerer, p.deployments, p.selfProbe, p.leader, p.unread, p.altered, repairs); err != nil {
		return nil, err
	}
	p.repairs = resolve(o.RepairOutcomes, func(outcome string) prometheus.Counter { return repairs.WithLabelValues(outcome) })
	p.Deployments(nil)
	p.SelfProbe("")
	return p, nil
}

// Deployments replaces all counts. Words that are not known are counted as "other".
func (p *Posture) Deployments(counts map[DeploymentKind]int) {
	bounded := map[DeploymentKind]int{}
	for kind, n := range counts {
		bounded[DeploymentKind{known(p.options.States, kind.State), known(p.options.Exposures, kind.Exposure)}] += n
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, state := range append(slices.Clone(p.options.States), Other) {
		for _, exposure := range append(slices.Clone(p.options.Exposures), Other) {
			p.deployments.WithLabelValues(state, exposure).Set(float64(bounded[DeploymentKind{state, exposure}]))
		}
	}
}

func known(words []string, word string) string {
	if slices.Contains(words, word) {
		return word
	}
	return Other
}

// Repair counts a repair by what became of it.
func (p *Posture) Repair(outcome string) { p.repairs.of(outcome).Inc() }

// SelfProbe shows what the self-probe found, "" for no self-probe.
func (p *Posture) SelfProbe(status string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.options.Statuses {
		value := 0.0
		if s == status {
			value = 1
		}
		p.selfProbe.WithLabelValues(s).Set(value)
	}
}

// Leads shows whether this replica looks after posture.
func (p *Posture) Leads(leads bool) {
	value := 0.0
	if leads {
		value = 1
	}
	p.leader.Set(value)
}

// Unread shows how many namespaces could not be looked at.
func (p *Posture) Unread(namespaces int) { p.unread.Set(float64(namespaces)) }

// ConfigurationDifferences shows in how many ways the webhook configuration is not as it should be.
func (p *Posture) ConfigurationDifferences(n int) { p.altered.Set(float64(n)) }
