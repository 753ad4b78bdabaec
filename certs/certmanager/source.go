package certmanager

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/dynamic"

	"github.com/rollguard/rollguard/certs"
)

// Options say which files are served, and whose Certificate they come from.
type Options struct {
	// Files are the mounted Secret; see certs.FileOptions. Its Log, Clock and OnError
	// are used for the Certificate too.
	Files certs.FileOptions
	// Client reads the Certificate. Required.
	Client dynamic.Interface
	// Namespace and Name are those of the Certificate. Required.
	Namespace, Name string
}

// Source is a certs.Source that serves what cert-manager issued.
type Source struct {
	*certs.File

	options Options
	log     logr.Logger
	onError func(error)
	watch   watch

	mu sync.Mutex
	// status is what is known of the Certificate, trouble why that is nothing. Both are
	// empty until the first look.
	status  Status
	trouble error
	told    string
}

var _ certs.Source = (*Source)(nil)

// New returns a Source that has tried to read its files once; see certs.NewFile. Nothing
// is asked of the API server yet.
func New(o Options) (*Source, error) {
	if o.Client == nil || o.Namespace == "" || o.Name == "" {
		return nil, errors.New("cert-manager's certificate: Client, Namespace and Name must be set")
	}
	file, err := certs.NewFile(o.Files)
	if err != nil {
		return nil, err
	}
	s := &Source{File: file, options: o, log: o.Files.Log, onError: o.Files.OnError}
	if s.onError == nil {
		s.onError = func(error) {}
	}
	s.watch = watch{client: certificates(o.Client, o.Namespace), namespace: o.Namespace, name: o.Name, tell: s.learn}
	return s, nil
}

// Start implements certs.Source.
func (s *Source) Start(ctx context.Context) error {
	var watching sync.WaitGroup
	watching.Go(func() { s.watch.run(ctx) })
	defer watching.Wait()
	return s.File.Start(ctx)
}

// Healthy implements certs.Source. The reason of cert-manager is added where there is no
// certificate; while there is one, a Certificate that is not ready makes no replica
// unready.
func (s *Source) Healthy() error {
	err := s.File.Healthy()
	if err == nil {
		return nil
	}
	if why := s.certificate(); why != nil {
		return fmt.Errorf("%w; %w", err, why)
	}
	return err
}

// Trouble implements certs.Source.
func (s *Source) Trouble() error { return errors.Join(s.certificate(), s.File.Trouble()) }

// Renews returns when cert-manager is going to renew the certificate, as far as it said.
func (s *Source) Renews() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status.Renews
}

// certificate is what is wrong with the Certificate.
func (s *Source) certificate() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble != nil {
		return s.trouble
	}
	return s.status.Err(s.options.Namespace, s.options.Name)
}

// learn takes what a look at the Certificate gave, and tells of it when it is news.
func (s *Source) learn(status Status, trouble error) {
	s.mu.Lock()
	s.status, s.trouble = status, trouble
	s.mu.Unlock()
	why, text := s.certificate(), ""
	if why != nil {
		text = why.Error()
		s.onError(why)
	}
	if text == s.told { // only the watch's goroutine gets here
		return
	}
	s.told = text
	switch {
	case trouble != nil:
		s.log.Error(trouble, "cert-manager's Certificate cannot be looked at")
	case why != nil: // at an installation this is so for some seconds
		s.log.Info("cert-manager's Certificate is not in order", "reason", text)
	default:
		s.log.Info("cert-manager's Certificate is ready", "certificate", s.options.Name, "expires", status.Expires, "renews", status.Renews)
	}
}

// GetCertificate implements certs.Source. A handshake that fails for want of a
// certificate says what cert-manager says.
func (s *Source) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	found, err := s.File.GetCertificate(hello)
	if err == nil {
		return found, nil
	}
	return nil, errors.Join(err, s.certificate())
}
