package certs

import (
	"context"
	"crypto/tls"
	"time"
)

// Source is where a server's certificate comes from. It has the shape of a
// controller-runtime Runnable, and GetCertificate that of the field of tls.Config.
//
// A Source outlives every failure of its origin: once it has a certificate it
// goes on serving that until it has a better one.
type Source interface {
	// GetCertificate returns the certificate to serve now. It does no I/O. The
	// error is the reason why there is none yet.
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)

	// Start keeps the certificate fresh until ctx ends, and then returns nil.
	// It returns an error only when it cannot work at all; an origin that is
	// absent, damaged or unreachable is retried.
	Start(ctx context.Context) error

	// NeedLeaderElection is false: every replica serves, so every replica needs
	// a certificate.
	NeedLeaderElection() bool

	// Healthy returns nil when there is a certificate that is valid now, and
	// else one sentence that says why there is none.
	Healthy() error

	// Trouble returns why there is nothing newer than what is served, whether or
	// not that is still good, or nil. It is for people: Healthy is for machines.
	Trouble() error

	// NotAfter returns when the served certificate expires, or the zero time
	// when there is none.
	NotAfter() time.Time
}
