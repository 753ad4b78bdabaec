package certs

import (
	"crypto/x509"
	"errors"
	"time"
)

// NoticeBefore is how long before its end a certificate that was not renewed is told
// of. What lives for a shorter time is told of in the last sixth of its life: the
// sources of this module renew after two thirds, so half of the time in which that
// should have happened is over then.
const NoticeBefore = 14 * 24 * time.Hour

// NoticeAt returns from when on a certificate that ends at notAfter should have been
// renewed. notAfter may be earlier than the certificate's own end, as a chain ends with
// its first certificate.
func NoticeAt(leaf *x509.Certificate, notAfter time.Time) time.Time {
	life := notAfter.Sub(leaf.NotBefore)
	return notAfter.Add(-min(NoticeBefore, life/6))
}

// Verify returns nil when a client that trusts the bundle and dials the name accepts the
// chain at the given time, and else what it would say. The first certificate is the
// server's.
func Verify(chain []*x509.Certificate, bundle []byte, name string, now time.Time) error {
	if len(chain) == 0 {
		return errors.New("there is no certificate")
	}
	trusted, damage := ParseBundle(bundle)
	if len(trusted) == 0 {
		return errors.Join(errors.New("the CA bundle is empty"), damage)
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range trusted {
		roots.AddCert(c)
	}
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: name, CurrentTime: now})
	return err
}
