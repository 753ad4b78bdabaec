package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Backdate is how far before their making certificates start to be valid, so that
// an API server whose clock is late accepts them too.
const Backdate = time.Hour

// NewAuthority makes a self-signed certificate authority that is valid for life
// from now. Its key is ECDSA P-256: small, and accepted by every Go client.
func NewAuthority(now time.Time, life time.Duration) (*KeyPair, error) {
	template, err := template("rollguard-webhook-ca", now, now.Add(life))
	if err != nil {
		return nil, err
	}
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.MaxPathLenZero = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	return sign(template, nil)
}

// LeafRequest is what a serving certificate shall be.
type LeafRequest struct {
	// DNSNames are the names that clients dial, at least one. The API server
	// dials a webhook service as <service>.<namespace>.svc.
	DNSNames []string
	// Now is the time of issue.
	Now time.Time
	// Life is how long the certificate is valid from Now. It never outlives
	// its authority.
	Life time.Duration
}

// NotAfter returns when a leaf made to this request by the authority expires.
func (r LeafRequest) NotAfter(authority *KeyPair) time.Time {
	end := r.Now.Add(r.Life)
	if authority.NotAfter().Before(end) {
		return authority.NotAfter()
	}
	return end
}

// IssueLeaf makes a serving certificate signed by the authority.
func IssueLeaf(authority *KeyPair, r LeafRequest) (*KeyPair, error) {
	if len(r.DNSNames) == 0 {
		return nil, errors.New("serving certificate: no DNS name")
	}
	if err := IsAuthority(authority); err != nil {
		return nil, err
	}
	if err := authority.Usable(r.Now); err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	template, err := template("rollguard-webhook", r.Now, r.NotAfter(authority))
	if err != nil {
		return nil, err
	}
	template.DNSNames = r.DNSNames
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.BasicConstraintsValid = true
	return sign(template, authority)
}

// IsAuthority returns nil when the pair may sign certificates.
func IsAuthority(p *KeyPair) error {
	leaf := p.Leaf()
	if !leaf.BasicConstraintsValid || !leaf.IsCA || leaf.KeyUsage&x509.KeyUsageCertSign == 0 {
		return errors.New("certificate authority: the certificate may not sign others")
	}
	return nil
}

// IssuedBy returns nil when the leaf was signed by the authority, for whatever
// time.
func IssuedBy(leaf, authority *KeyPair) error {
	if err := leaf.Leaf().CheckSignatureFrom(authority.Leaf()); err != nil {
		return fmt.Errorf("certificate is not signed by the authority: %w", err)
	}
	return nil
}

// RenewAt returns when a pair made by this package is to be replaced: after two
// thirds of its life, as cert-manager does, so that a third is left to notice
// that renewing fails.
func RenewAt(p *KeyPair) time.Time {
	made := p.Leaf().NotBefore.Add(Backdate)
	return made.Add(p.NotAfter().Sub(made) * 2 / 3)
}

// template returns what authorities and leaves have in common.
func template(name string, now, notAfter time.Time) (*x509.Certificate, error) {
	// 128 random bits: CA/Browser Forum baseline requirements 7.1 ask for 64.
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	if err != nil {
		return nil, fmt.Errorf("serial number: %w", err)
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-Backdate),
		NotAfter:     notAfter,
	}, nil
}

// sign makes a key for the template and signs it by the authority, or by itself
// when there is none.
func sign(template *x509.Certificate, authority *KeyPair) (*KeyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	parent, signer := template, any(key)
	if authority != nil {
		parent, signer = authority.Leaf(), authority.TLS().PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("sign certificate %q: %w", template.Subject.CommonName, err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	return ParseKeyPair(
		pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	)
}
