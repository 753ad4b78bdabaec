package kube

import "k8s.io/client-go/rest"

// EtcdConfig returns how a client reaches etcd, with the API server's own certificate, for
// tests that need more objects than an API server takes in a minute. Etcd answers JSON
// under /v3 (its gRPC gateway).
func (c *ControlPlane) EtcdConfig() *rest.Config {
	return &rest.Config{Host: c.etcdURL, TLSClientConfig: rest.TLSClientConfig{
		CAFile:   c.CAFile(),
		CertFile: c.state.path("pki", "etcd-client.crt"),
		KeyFile:  c.state.path("pki", "etcd-client.key"),
	}}
}
