package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	certificateBlock = "CERTIFICATE"

	// maxBundleCertificates bounds a bundle and a chain. A bundle in rotation
	// has two or three.
	maxBundleCertificates = 32
)

// ParseBundle reads the certificates of a CA bundle. Damage does not hide the
// rest: it returns every certificate that can be read, together with an error for
// what cannot. A bundle of more than MaxPEMBytes is not parsed at all.
func ParseBundle(bundle []byte) ([]*x509.Certificate, error) {
	if len(bundle) > MaxPEMBytes {
		return nil, fmt.Errorf("CA bundle has %d bytes, more than %d", len(bundle), MaxPEMBytes)
	}
	var (
		found    []*x509.Certificate
		problems []error
	)
	rest := bytes.TrimSpace(bundle)
	for len(rest) > 0 {
		block, after := pem.Decode(rest)
		if block == nil {
			problems = append(problems, errors.New("CA bundle ends with bytes that are not PEM"))
			break
		}
		rest = bytes.TrimSpace(after)
		if len(found)+len(problems) == maxBundleCertificates {
			problems = append(problems, fmt.Errorf("CA bundle has more than %d certificates", maxBundleCertificates))
			break
		}
		cert, err := parseBlock(block)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		found = append(found, cert)
	}
	return found, errors.Join(problems...)
}

func parseBlock(block *pem.Block) (*x509.Certificate, error) {
	if block.Type != certificateBlock {
		return nil, fmt.Errorf("CA bundle has a PEM block %q", block.Type)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("CA bundle: %w", err)
	}
	return cert, nil
}

// BuildBundle returns the PEM bundle of the certificates that have not expired,
// each once. The order is the same for the same set, whoever builds it: replicas
// that agree on the certificates must not rewrite each other's bundle.
func BuildBundle(now time.Time, trusted ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, cert := range canonical(now, trusted) {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: cert.Raw}))
	}
	return out.Bytes()
}

// canonical drops expired and repeated certificates and sorts the rest, the
// newest first.
func canonical(now time.Time, in []*x509.Certificate) []*x509.Certificate {
	out := slices.DeleteFunc(slices.Clone(in), func(c *x509.Certificate) bool {
		return c == nil || now.After(c.NotAfter)
	})
	slices.SortFunc(out, func(a, b *x509.Certificate) int {
		if c := b.NotAfter.Compare(a.NotAfter); c != 0 {
			return c
		}
		return bytes.Compare(a.Raw, b.Raw)
	})
	return slices.CompactFunc(out, (*x509.Certificate).Equal)
}

// SameBundle says whether a bundle holds exactly the given certificates and no
// damage, in whatever order and layout. A bundle that somebody only formatted
// otherwise needs no write.
func SameBundle(bundle []byte, trusted []*x509.Certificate) bool {
	found, err := ParseBundle(bundle)
	if err != nil {
		return false
	}
	// The zero time expires nothing: both sides are compared whole.
	return slices.EqualFunc(canonical(time.Time{}, found), canonical(time.Time{}, trusted), (*x509.Certificate).Equal)
}
