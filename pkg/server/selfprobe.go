package server

import (
	"context"
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/pkg/selfprobe"
)

const probeEvery = time.Minute

// probe is the self-probe. When the webhook is back, writes may have slipped through.
type probe struct {
	*selfprobe.Watch
	server *server
	log    *probeLog
}

func (s *server) newProbe(clients kubernetes.Interface, identity string) *probe {
	o, log := s.options.Posture, &probeLog{Logger: s.options.Log.Named("self-probe")}
	every := o.ProbeEvery
	if every == 0 {
		every = probeEvery
	}
	place := selfprobe.Installation{Namespace: s.options.Certificates.Namespace, Probe: o.ProbeNamespace, Configuration: o.Configuration}
	return &probe{server: s, log: log, Watch: selfprobe.NewWatch(selfprobe.Watch{
		Prober:   selfprobe.Prober{Clients: clients, Installation: place},
		Every:    every,
		Identity: identity,
		Failed:   func(err error) { log.Warn("an Event cannot be written", zap.Error(err)) },
		Blind: func(err error) {
			log.Warn("changes of the webhook configuration cannot be watched, so they are seen later", zap.Error(err))
		},
		Tell: log.tell,
	})}
}

// Run implements [posture.Probe].
func (p *probe) Run(ctx context.Context, works func(bool)) {
	p.Found = func(f selfprobe.Finding) {
		p.server.gauges.SelfProbe(string(f.Status))
		p.server.gauges.ConfigurationDifferences(len(f.Differences))
		works(f.Status == selfprobe.OK || f.Status == selfprobe.Unknown)
		p.log.found(f)
	}
	p.Watch.Run(ctx)
	p.server.gauges.SelfProbe("") // another replica looks from now on
	p.server.gauges.ConfigurationDifferences(0)
}

// probeLog says what is new, and nothing twice.
type probeLog struct {
	*zap.Logger
	altered string
}

func (l *probeLog) tell(news selfprobe.News, f selfprobe.Finding) {
	fields := []zap.Field{zap.String("status", string(f.Status)), zap.String("detail", f.Brief())}
	switch news {
	case selfprobe.Fault:
		l.Warn("the API server does not get Deployments completed", fields...)
	case selfprobe.Still:
		l.Warn("the API server still does not get Deployments completed", fields...)
	case selfprobe.Well:
		l.Info("the API server gets Deployments completed again")
	}
}

// found says that the configuration was altered in a way that the self-probe does not
// suffer from, as one that leaves updates out.
func (l *probeLog) found(f selfprobe.Finding) {
	if f.Status != selfprobe.OK {
		return
	}
	before := l.altered
	if l.altered = f.Altered(); l.altered != "" && l.altered != before {
		l.Warn("the webhook configuration is not as Rollguard's manifest has it", zap.String("detail", l.altered))
	}
}
