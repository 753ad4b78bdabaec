package kube

import (
	"context"
	"fmt"
)

// startAPIServer starts kube-apiserver and waits until it is ready and has made
// the namespace default, which it does only some time after it says so.
func (c *ControlPlane) startAPIServer(ctx context.Context, port int, o Options) error {
	c.apiPort, c.options = port, o
	c.config = c.credentials.config(loopbackURL(port), c.credentials.admin)
	args := append(c.apiServerArgs(port), auditArgs(c, o)...)
	args = append(args, o.APIServerArgs...)
	var err error
	if c.apiServer, err = startProcess(c.state, Program{Path: c.binaries["kube-apiserver"], Args: args}); err != nil {
		return err
	}
	return waitReady(ctx, readiness{
		what:      "kube-apiserver",
		config:    c.config,
		paths:     []string{"/readyz", "/api/v1/namespaces/default"},
		processes: []*Process{c.apiServer, c.etcd},
	})
}

// RestartAPIServer ends the API server as Stop does and starts it again at the same
// address, with what etcd holds. It returns when the API server is ready.
func (c *ControlPlane) RestartAPIServer(ctx context.Context) error {
	if err := c.apiServer.Stop(); err != nil {
		return fmt.Errorf("stop kube-apiserver: %w", err)
	}
	return c.startAPIServer(ctx, c.apiPort, c.options)
}

// apiServerArgs returns the flags every API server of this package has. They
// are what it cannot do without, what kubeadm sets too, and files.
func (c *ControlPlane) apiServerArgs(port int) []string {
	pki := func(name string) string { return c.state.path("pki", name) }
	return []string{
		"--bind-address=" + loopback,
		"--advertise-address=" + loopback,
		fmt.Sprintf("--secure-port=%d", port),
		// A loopback address may not be an endpoint of a Service.
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=" + serviceRange,
		"--etcd-servers=" + c.etcdURL,
		"--etcd-cafile=" + c.CAFile(),
		"--etcd-certfile=" + pki("etcd-client.crt"),
		"--etcd-keyfile=" + pki("etcd-client.key"),
		"--cert-dir=" + c.state.path("pki"),
		"--tls-cert-file=" + pki("apiserver.crt"),
		"--tls-private-key-file=" + pki("apiserver.key"),
		"--client-ca-file=" + c.CAFile(),
		"--kubelet-client-certificate=" + pki("kubelet-client.crt"),
		"--kubelet-client-key=" + pki("kubelet-client.key"),
		"--service-account-issuer=https://" + serviceName,
		"--service-account-key-file=" + pki("service-account.crt"),
		"--service-account-signing-key-file=" + c.ServiceAccountKeyFile(),
		"--authorization-mode=Node,RBAC",
		"--allow-privileged=true",
		// Without it the server waits a minute for clients to end their watches.
		"--shutdown-watch-termination-grace-period=2s",
	}
}

// auditArgs returns the flags that write the audit log o asks for.
func auditArgs(c *ControlPlane, o Options) []string {
	if o.AuditPolicy == "" {
		return nil
	}
	return []string{
		"--audit-policy-file=" + o.AuditPolicy,
		"--audit-log-path=" + c.AuditLog(),
	}
}
