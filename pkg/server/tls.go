package server

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"

	"go.uber.org/zap"

	"github.com/rollguard/rollguard/certs"
)

// tls offers HTTP/1.1 only: API servers use nothing else for webhooks (Kubernetes
// issue 75791), and HTTP/2 would only add attack surface (CVE-2023-44487).
func (s *server) tls() (*tls.Config, error) {
	c := &tls.Config{
		NextProtos: []string{"http/1.1"},
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // TLS 1.2 with forward secrecy and AEAD; 1.3 has its own
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		GetCertificate: s.source.GetCertificate,
	}
	if s.options.Clients.CAFile == "" {
		if len(s.options.Clients.Names) > 0 {
			return nil, errors.New("names of clients are given and no authority that signs them")
		}
		return c, nil
	}
	a := &authority{Clients: s.options.Clients, log: s.options.Log.Named("endpoint")}
	if err := a.reload(); err != nil {
		return nil, err
	}
	c.ClientAuth, c.VerifyConnection = tls.RequireAnyClientCert, a.verify
	return c, nil
}

// Clients say who may call. Without a CAFile everybody may.
type Clients struct {
	// CAFile has the PEM certificates that sign those of the clients; it is read again
	// when it changes.
	CAFile string
	// Names are the common names or DNS names that a client's certificate may have; none
	// means any.
	Names []string
}

// authority checks the certificates of clients. It is not the ClientCAs of tls.Config, as
// those are never read again.
type authority struct {
	Clients
	log *zap.Logger
}

// reload reads the file, which is small and read once for each handshake: API servers
// keep their connections.
func (a *authority) reload() error {
	_, err := a.roots()
	return err
}

func (a *authority) roots() (*x509.CertPool, error) {
	raw, err := os.ReadFile(a.CAFile)
	if err != nil {
		return nil, fmt.Errorf("authority of clients: %w", err)
	}
	found, err := certs.ParseBundle(bytes.TrimSpace(raw))
	if len(found) == 0 {
		return nil, errors.Join(fmt.Errorf("authority of clients: %s has no certificate", a.CAFile), err)
	}
	pool := x509.NewCertPool()
	for _, c := range found {
		pool.AddCert(c)
	}
	return pool, nil
}

// verify refuses whoever is not signed for, or has another name.
func (a *authority) verify(state tls.ConnectionState) error {
	roots, err := a.roots()
	if err != nil {
		a.log.Error("no client can be verified, API servers included", zap.Error(err))
		return err
	}
	client, between := state.PeerCertificates[0], x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	if _, err := client.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}); err != nil {
		return fmt.Errorf("client %q: %w", client.Subject.CommonName, err)
	}
	known := func(name string) bool { return slices.Contains(a.Names, name) }
	if len(a.Names) > 0 && !known(client.Subject.CommonName) && !slices.ContainsFunc(client.DNSNames, known) {
		return fmt.Errorf("client %q is none of %q", client.Subject.CommonName, a.Names)
	}
	return nil
}
