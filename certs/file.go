package certs

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/utils/clock"
)

// DefaultPoll is how often a File looks at its files when the options do not say.
// controller-runtime's certificate watcher polls as often.
const DefaultPoll = 10 * time.Second

// FileOptions says what a File reads and how it behaves. CertFile and KeyFile are
// required, the rest has defaults.
type FileOptions struct {
	// CertFile and KeyFile are the paths of the PEM certificate (with chain)
	// and key, by convention tls.crt and tls.key of one mounted Secret. The
	// Secret must be mounted without subPath: such a mount never updates.
	CertFile, KeyFile string
	// DNSNames, if any, are names that the certificate must serve to be taken.
	DNSNames []string
	// Poll is how often the files are read; by default DefaultPoll. Changes
	// that the file system announces are seen at once.
	Poll time.Duration
	// Clock tells the time; by default the machine's.
	Clock clock.WithTicker
	// Log gets one line per change and one per new problem.
	Log logr.Logger
	// OnError, if set, is called for every failed read, to be counted.
	OnError func(error)
}

// File is a Source that serves a certificate from files and reads them again when
// they change.
type File struct {
	options FileOptions
	serving Serving
}

var _ Source = (*File)(nil)

// NewFile returns a File that has tried to read its files once. Missing or damaged
// files are no error: the File is unhealthy until they are there. The error is for
// options that cannot work.
func NewFile(o FileOptions) (*File, error) {
	if o.CertFile == "" || o.KeyFile == "" {
		return nil, errors.New("certificate files: certFile and keyFile must both be set")
	}
	if o.Poll < 0 {
		return nil, fmt.Errorf("certificate files: poll %s is negative", o.Poll)
	}
	if o.Poll == 0 {
		o.Poll = DefaultPoll
	}
	if o.Clock == nil {
		o.Clock = clock.RealClock{}
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	f := &File{options: o}
	f.reload()
	return f, nil
}

// GetCertificate implements Source.
func (f *File) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return f.serving.GetCertificate(hello)
}

// Healthy implements Source.
func (f *File) Healthy() error { return f.serving.Healthy(f.options.Clock.Now()) }

// Trouble implements Source.
func (f *File) Trouble() error { return f.serving.Trouble() }

// NotAfter implements Source.
func (f *File) NotAfter() time.Time { return f.serving.NotAfter() }

// NeedLeaderElection implements Source.
func (f *File) NeedLeaderElection() bool { return false }

// reload reads the files and serves what they hold, if that is good.
func (f *File) reload() {
	pair, err := f.read()
	if err == nil {
		err = f.acceptable(pair)
	}
	if err != nil {
		f.options.OnError(err)
		if f.serving.Problem(err) {
			f.options.Log.Error(err, "serving certificate was not read", "certFile", f.options.CertFile, "keyFile", f.options.KeyFile)
		}
		return
	}
	changed := !f.serving.Pair().Equal(pair)
	f.serving.Set(pair)
	if changed {
		f.options.Log.Info("serving certificate was read", "certFile", f.options.CertFile, "notAfter", pair.NotAfter())
	}
}

// acceptable says whether a pair that was read may replace the one being served.
// One that cannot be used now may not replace one that can.
func (f *File) acceptable(pair *KeyPair) error {
	if err := pair.Serves(f.options.DNSNames); err != nil {
		return fmt.Errorf("%s: %w", f.options.CertFile, err)
	}
	now := f.options.Clock.Now()
	if err := pair.Usable(now); err != nil && f.serving.Pair().Usable(now) == nil {
		return fmt.Errorf("%s: %w", f.options.CertFile, err)
	}
	return nil
}

// read returns the pair that the files hold. A mounted Secret changes by the swap
// of one symbolic link, which may happen between the two reads, so the certificate
// is read again after the key and must be the same.
func (f *File) read() (*KeyPair, error) {
	const attempts = 3
	for range attempts {
		cert, err := readBounded(f.options.CertFile)
		if err != nil {
			return nil, err
		}
		key, err := readBounded(f.options.KeyFile)
		if err != nil {
			return nil, err
		}
		again, err := readBounded(f.options.CertFile)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(cert, again) {
			continue
		}
		pair, err := ParseKeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("%s and %s: %w", f.options.CertFile, f.options.KeyFile, err)
		}
		return pair, nil
	}
	return nil, fmt.Errorf("%s changed during each of %d reads", f.options.CertFile, attempts)
}

// readBounded reads a file up to the size that ParseKeyPair refuses.
func readBounded(path string) (data []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read certificate file: %w", err)
	}
	defer file.Close()
	data, err = io.ReadAll(io.LimitReader(file, MaxPEMBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read certificate file: %w", err)
	}
	return data, nil
}
