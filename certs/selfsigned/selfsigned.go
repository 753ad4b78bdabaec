package selfsigned

import (
	"context"
	"crypto/tls"
	"sync"
	"time"

	"github.com/rollguard/rollguard/certs"
)

const (
	// spacing is the least time between two rounds, so that a fight with another
	// writer costs a write a second and not all that the API server has.
	spacing = time.Second
	// firstRetry is the wait after a failed round. It doubles up to Recheck.
	firstRetry = 2 * time.Second
)

// Source is a certs.Source that is its own certificate authority.
type Source struct {
	options Options
	policy  policy
	cluster cluster
	wake    chan struct{}
	serving certs.Serving

	// Only the loop uses these.
	memory ring
	served served
	seen   sightings
}

var _ certs.Source = (*Source)(nil)

// New returns a Source that has nothing to serve until it is started. It does no
// I/O. The error is for options that cannot work.
func New(o Options) (*Source, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	return newSource(o, &apiServer{
		secrets:        o.Secrets.Secrets(o.Namespace),
		configurations: o.Configurations.MutatingWebhookConfigurations(),
		namespace:      o.Namespace,
		secret:         o.SecretName,
		configuration:  o.ConfigurationName,
	}), nil
}

func newSource(o Options, c cluster) *Source {
	return &Source{
		options: o,
		policy: policy{
			dnsNames:      o.DNSNames,
			authorityLife: o.AuthorityLife,
			leafLife:      o.LeafLife,
			settle:        o.Settle,
			overlap:       o.Overlap,
		},
		cluster: c,
		wake:    make(chan struct{}, 1),
	}
}

// GetCertificate implements certs.Source.
func (s *Source) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return s.serving.GetCertificate(hello)
}

// Healthy implements certs.Source.
func (s *Source) Healthy() error { return s.serving.Healthy(s.options.Clock.Now()) }

// Trouble implements certs.Source.
func (s *Source) Trouble() error { return s.serving.Trouble() }

// NotAfter implements certs.Source.
func (s *Source) NotAfter() time.Time { return s.serving.NotAfter() }

// NeedLeaderElection implements certs.Source.
func (s *Source) NeedLeaderElection() bool { return false }

// Start implements certs.Source.
func (s *Source) Start(ctx context.Context) error {
	var watching sync.WaitGroup
	watching.Go(func() { s.cluster.watch(ctx, s.changed) })
	defer watching.Wait()

	retry := firstRetry
	for {
		err := s.round(ctx)
		if ctx.Err() != nil {
			return nil
		}
		s.report(err)
		wait := s.options.Recheck
		if err == nil {
			retry = firstRetry
		} else if retry < wait {
			wait, retry = retry, 2*retry
		}
		if !s.sleep(ctx, wait) {
			return nil
		}
	}
}

// report makes a failed round known: to the log once, to the counter each time,
// and to Healthy for as long as it lasts.
func (s *Source) report(err error) {
	news := s.serving.Problem(err)
	if err == nil {
		return
	}
	s.options.OnError(err)
	if news {
		s.options.Log.Error(err, "certificates could not be kept fresh")
	}
}

// changed wakes the loop, or leaves word for it.
func (s *Source) changed() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// sleep waits until the time is over or there is a change, but at least for the
// spacing. It returns false when ctx ended.
func (s *Source) sleep(ctx context.Context, wait time.Duration) bool {
	gap := min(spacing, wait)
	return s.pause(ctx, gap, nil) && s.pause(ctx, wait-gap, s.wake)
}

func (s *Source) pause(ctx context.Context, wait time.Duration, wake <-chan struct{}) bool {
	timer := s.options.Clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C():
	case <-wake:
	}
	return true
}
