package certs

import (
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Serving holds the certificate that a Source serves now, and the last reason why
// it could not get a newer one. The zero value has none. Its methods may be called
// from many goroutines; reading takes no lock.
type Serving struct {
	pair    atomic.Pointer[KeyPair]
	problem atomic.Pointer[error]
}

// Set makes the pair the one to serve and forgets the last problem.
func (s *Serving) Set(pair *KeyPair) {
	s.pair.Store(pair)
	s.problem.Store(nil)
}

// Problem remembers why the Source has nothing newer; nil forgets it. It reports
// whether that is news, so that a Source logs a lasting problem once.
func (s *Serving) Problem(err error) (news bool) {
	if err == nil {
		s.problem.Store(nil)
		return false
	}
	old := s.problem.Swap(&err)
	return old == nil || (*old).Error() != err.Error()
}

// Trouble returns the problem that was remembered last, or nil.
func (s *Serving) Trouble() error {
	if problem := s.problem.Load(); problem != nil {
		return *problem
	}
	return nil
}

// Pair returns the pair being served, or nil.
func (s *Serving) Pair() *KeyPair { return s.pair.Load() }

// GetCertificate implements Source. A certificate that has expired is served all
// the same: the client's "certificate has expired" says more than an alert.
func (s *Serving) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if pair := s.pair.Load(); pair != nil {
		return pair.TLS(), nil
	}
	return nil, s.reason(errors.New("there is no certificate"))
}

// Healthy returns nil when the served certificate is valid at the given time. A
// failure to get a newer one does not count while that is so: a damaged Secret
// must not make every replica unready at once.
func (s *Serving) Healthy(now time.Time) error {
	if err := s.pair.Load().Usable(now); err != nil {
		return s.reason(err)
	}
	return nil
}

// NotAfter implements Source.
func (s *Serving) NotAfter() time.Time {
	if pair := s.pair.Load(); pair != nil {
		return pair.NotAfter()
	}
	return time.Time{}
}

// reason joins what is wrong with why it was not put right.
func (s *Serving) reason(state error) error {
	if problem := s.problem.Load(); problem != nil {
		return fmt.Errorf("no usable serving certificate: %w: %w", state, *problem)
	}
	return fmt.Errorf("no usable serving certificate: %w", state)
}
