package kube

import (
	"context"
	"fmt"

	"k8s.io/client-go/rest"
)

// startEtcd starts etcd and waits until it is ready. Its clients and peers need
// certificates, so that no other process that happens to get one of its ports,
// nor another user of this machine, is taken for it.
func (c *ControlPlane) startEtcd(ctx context.Context, clientPort, peerPort int) error {
	c.etcdURL = loopbackURL(clientPort)
	peerURL := loopbackURL(peerPort)
	cert, key, ca := c.state.path("pki", "etcd.crt"), c.state.path("pki", "etcd.key"), c.CAFile()
	args := []string{
		"--name=default",
		"--data-dir=" + c.state.path("data", "etcd"),
		"--listen-client-urls=" + c.etcdURL,
		"--advertise-client-urls=" + c.etcdURL,
		"--listen-peer-urls=" + peerURL,
		"--initial-advertise-peer-urls=" + peerURL,
		"--initial-cluster=default=" + peerURL,
		"--cert-file=" + cert,
		"--key-file=" + key,
		"--trusted-ca-file=" + ca,
		"--client-cert-auth=true",
		"--peer-cert-file=" + cert,
		"--peer-key-file=" + key,
		"--peer-trusted-ca-file=" + ca,
		"--peer-client-cert-auth=true",
		// The data need not outlive the machine.
		"--unsafe-no-fsync=true",
	}
	var err error
	if c.etcd, err = startProcess(c.state, Program{Path: c.binaries["etcd"], Args: args}); err != nil {
		return err
	}
	return waitReady(ctx, readiness{
		what: "etcd",
		config: &rest.Config{Host: c.etcdURL, TLSClientConfig: rest.TLSClientConfig{
			CAFile:   ca,
			CertFile: c.state.path("pki", "etcd-client.crt"),
			KeyFile:  c.state.path("pki", "etcd-client.key"),
		}},
		paths:     []string{"/readyz"},
		processes: []*Process{c.etcd},
	})
}

// loopbackURL returns the URL of a TLS server on the loopback address.
func loopbackURL(port int) string {
	return fmt.Sprintf("https://%s:%d", loopback, port)
}
