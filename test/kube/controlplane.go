package kube

import (
	"fmt"

	"k8s.io/client-go/rest"
)

// ControlPlane is a running etcd and kube-apiserver. Its methods may be called
// from several goroutines.
type ControlPlane struct {
	binaries    Binaries
	state       *state
	credentials *credentials
	config      *rest.Config // of the administrator
	etcdURL     string
	etcd        *Process
	apiServer   *Process
	apiPort     int
	options     Options
	stop        func() error // the first call stops; later ones return its result
}

// URL returns the address of the API server, such as https://127.0.0.1:40123.
func (c *ControlPlane) URL() string {
	return c.config.Host
}

// RESTConfig returns a new client configuration of an administrator, who is in
// the group system:masters. Its rate limit is far above what a test sends.
func (c *ControlPlane) RESTConfig() *rest.Config {
	return rest.CopyConfig(c.config)
}

// User returns a client configuration of another user, by a certificate signed
// for the purpose. The user may do nothing but what RBAC allows name or groups.
// It fails only where the machine has no randomness.
func (c *ControlPlane) User(name string, groups ...string) (*rest.Config, error) {
	p, err := c.credentials.authority.client(name, groups...)
	if err != nil {
		return nil, fmt.Errorf("make user %s: %w", name, err)
	}
	return c.credentials.config(c.URL(), p), nil
}

// KubeconfigPath returns the path of the administrator's kubeconfig file.
func (c *ControlPlane) KubeconfigPath() string {
	return c.state.path("pki", "admin.kubeconfig")
}

// Kubectl returns the path of kubectl, of the same version as the API server.
func (c *ControlPlane) Kubectl() string {
	return c.binaries["kubectl"]
}

// Dir returns the state folder, which is an absolute path.
func (c *ControlPlane) Dir() string {
	return c.state.dir
}

// CAFile returns the path of the certificate of the authority that signed the
// API server's certificate and those of its clients.
func (c *ControlPlane) CAFile() string {
	return c.state.path("pki", "ca.crt")
}

// ServiceAccountKeyFile returns the path of the private key that signs the
// tokens of service accounts; a controller manager needs it.
func (c *ControlPlane) ServiceAccountKeyFile() string {
	return c.state.path("pki", "service-account.key")
}

// ServiceCIDR returns the network of the addresses of Services.
func (c *ControlPlane) ServiceCIDR() string {
	return serviceRange
}

// AuditLog returns the path of the audit log, one JSON event a line. The file
// exists if Options.AuditPolicy was set and an event was logged.
func (c *ControlPlane) AuditLog() string {
	return c.state.path("logs", "audit.log")
}

// CAKeyFile returns the path of the private key of that authority.
func (c *ControlPlane) CAKeyFile() string {
	return c.state.path("pki", "ca.key")
}

// DataDir returns the folder for what further programs keep. Like the whole
// state folder it belongs to this control plane alone, and Stop removes it.
func (c *ControlPlane) DataDir() string {
	return c.state.path("data")
}

// StartProgram starts a further program that belongs to the control plane: its log goes
// to the folder logs of the state folder as NAME.log, where NAME is the last
// part of the path, it dies when this program does, and should it live on, the
// next Start in the folder ends it if one of its arguments is a flag whose value
// starts with the state folder. The caller stops it, before Stop.
func (c *ControlPlane) StartProgram(p Program) (*Process, error) {
	return startProcess(c.state, p)
}

// Stop ends the API server and etcd, each with SIGTERM and, when that takes
// longer than 15 seconds, SIGKILL, waits until they are gone and removes the
// state folder where Start made it; in a folder the caller chose, the logs stay.
// It is an error if a process had ended by itself before; the error carries the
// end of its log. Calling Stop again changes nothing.
func (c *ControlPlane) Stop() error {
	return c.stop()
}
