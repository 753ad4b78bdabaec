package server

import (
	"fmt"

	"github.com/go-logr/zapr"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"github.com/rollguard/rollguard/certs"
	"github.com/rollguard/rollguard/certs/certmanager"
	"github.com/rollguard/rollguard/certs/selfsigned"
)

// newSource chooses where the serving certificate comes from.
func newSource(o Options, onError func(error)) (certs.Source, error) {
	c := o.Certificates
	log := zapr.NewLogger(o.Log.Named("certificates"))
	files := certs.FileOptions{CertFile: c.CertFile, KeyFile: c.KeyFile, DNSNames: c.DNSNames, Log: log, OnError: onError}
	switch {
	case c.Certificate != "":
		return issued(o, files)
	case c.CertFile != "" || c.KeyFile != "":
		return certs.NewFile(files)
	}
	clients, err := kubernetes.NewForConfig(o.Config)
	if err != nil {
		return nil, fmt.Errorf("clients for certificates: %w", err)
	}
	return selfsigned.New(selfsigned.Options{
		Secrets:           clients.CoreV1(),
		Configurations:    clients.AdmissionregistrationV1(),
		Namespace:         c.Namespace,
		SecretName:        c.Secret,
		ConfigurationName: c.Configuration,
		DNSNames:          c.DNSNames,
		LeafLife:          c.LeafLife,
		AuthorityLife:     c.AuthorityLife,
		Settle:            c.Settle,
		Overlap:           c.Overlap,
		Log:               log,
		OnError:           onError,
	})
}

// issued serves what cert-manager issues.
func issued(o Options, files certs.FileOptions) (certs.Source, error) {
	client, err := dynamic.NewForConfig(o.Config)
	if err != nil {
		return nil, fmt.Errorf("client for cert-manager's Certificate: %w", err)
	}
	return certmanager.New(certmanager.Options{
		Files: files, Client: client, Namespace: o.Certificates.Namespace, Name: o.Certificates.Certificate,
	})
}
