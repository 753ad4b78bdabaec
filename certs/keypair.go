package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// MaxPEMBytes bounds every PEM text before it is parsed. Decoding PEM takes
// quadratic time on hostile input: 856 kB took cert-manager 750 ms instead of
// 70 us (CVE-2024-12401). A chain of a few certificates has less than 10 kB.
const MaxPEMBytes = 64 << 10

// KeyPair is a certificate, with its chain if it has one, and the private key
// that belongs to it. It is not changed after it was made.
type KeyPair struct {
	// CertPEM is the certificate, followed by its chain.
	CertPEM []byte
	// KeyPEM is the private key.
	KeyPEM []byte

	tls      tls.Certificate
	notAfter time.Time
}

// ParseKeyPair reads a certificate (with chain) and its private key. It is an
// error when either is too large or damaged, or when they do not belong together.
// It says nothing about validity in time: see Usable.
func ParseKeyPair(certPEM, keyPEM []byte) (*KeyPair, error) {
	if len(certPEM) > MaxPEMBytes {
		return nil, fmt.Errorf("certificate has %d bytes, more than %d", len(certPEM), MaxPEMBytes)
	}
	if len(keyPEM) > MaxPEMBytes {
		return nil, fmt.Errorf("private key has %d bytes, more than %d", len(keyPEM), MaxPEMBytes)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("certificate and private key: %w", err)
	}
	if len(pair.Certificate) > maxBundleCertificates {
		return nil, fmt.Errorf("certificate chain has %d certificates, more than %d", len(pair.Certificate), maxBundleCertificates)
	}
	notAfter, err := earliestExpiry(pair.Certificate)
	if err != nil {
		return nil, err
	}
	return &KeyPair{CertPEM: certPEM, KeyPEM: keyPEM, tls: pair, notAfter: notAfter}, nil
}

// earliestExpiry returns when the first certificate of a chain expires: from then
// on the chain verifies no more, whatever the others say.
func earliestExpiry(chain [][]byte) (time.Time, error) {
	var first time.Time
	for i, der := range chain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return time.Time{}, fmt.Errorf("certificate %d of the chain: %w", i, err)
		}
		if first.IsZero() || cert.NotAfter.Before(first) {
			first = cert.NotAfter
		}
	}
	return first, nil
}

// Leaf returns the certificate itself, without its chain.
func (p *KeyPair) Leaf() *x509.Certificate { return p.tls.Leaf }

// TLS returns the pair as crypto/tls serves it.
func (p *KeyPair) TLS() *tls.Certificate { return &p.tls }

// NotAfter returns when the certificate, or a certificate of its chain, expires.
func (p *KeyPair) NotAfter() time.Time { return p.notAfter }

// Equal says whether two pairs hold the same certificate.
func (p *KeyPair) Equal(other *KeyPair) bool {
	if p == nil || other == nil {
		return p == other
	}
	return bytes.Equal(p.Leaf().Raw, other.Leaf().Raw)
}

// Usable returns nil when the certificate is valid at the given time, and else
// one sentence that says why not.
func (p *KeyPair) Usable(now time.Time) error {
	if p == nil {
		return errors.New("there is no certificate")
	}
	if from := p.Leaf().NotBefore; now.Before(from) {
		return fmt.Errorf("the certificate is not valid before %s", from.UTC().Format(time.RFC3339))
	}
	if now.After(p.notAfter) {
		return fmt.Errorf("the certificate expired at %s", p.notAfter.UTC().Format(time.RFC3339))
	}
	return nil
}

// Serves returns nil when a client that dials any of the names would accept the
// certificate for it, and else which name it is not made for.
func (p *KeyPair) Serves(names []string) error {
	for _, name := range names {
		if err := p.Leaf().VerifyHostname(name); err != nil {
			return fmt.Errorf("the certificate does not serve %q: %w", name, err)
		}
	}
	return nil
}
