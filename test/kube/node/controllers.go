package node

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/rollguard/rollguard/test/kube"
)

// startControllers starts the controller manager and the scheduler, outside the
// namespaces of the node: they are parts of the control plane.
func (c *Cluster) startControllers(context.Context) error {
	for name, flags := range map[string][]string{
		"kube-controller-manager": {
			"--service-account-private-key-file=" + c.ServiceAccountKeyFile(),
			"--root-ca-file=" + c.CAFile(),
			"--cluster-signing-cert-file=" + c.CAFile(),
			"--cluster-signing-key-file=" + c.CAKeyFile(),
			"--use-service-account-credentials=true",
			// It makes the folder where it is missing, by default in /usr/libexec.
			"--flex-volume-plugin-dir=" + filepath.Join(c.dir, "volume-plugins"),
		},
		"kube-scheduler": nil,
	} {
		kubeconfig, err := c.kubeconfig(name, c.URL())
		if err != nil {
			return err
		}
		args := append([]string{
			"--kubeconfig=" + filepath.Join(c.dir, kubeconfig),
			"--leader-elect=false",
			// Nobody asks for health or metrics, and a port could be taken.
			"--secure-port=0",
		}, flags...)
		p, err := c.StartProgram(kube.Program{Path: c.binaries[name], Args: args})
		if err != nil {
			return err
		}
		c.processes = append(c.processes, p)
	}
	return nil
}

// kubeconfig writes the file with which the named component, a user of its own, reaches
// the API server at host, and returns its name in the folder of the node.
func (c *Cluster) kubeconfig(name, host string, groups ...string) (string, error) {
	config, err := c.User("system:"+name, groups...)
	if err != nil {
		return "", err
	}
	file := strings.TrimSuffix(name, ":"+c.name) + ".kubeconfig"
	return file, kube.WriteKubeconfig(filepath.Join(c.dir, file), elsewhere(config, host))
}

// elsewhere returns config for an API server that is reached at host. Its certificate
// does not know that address, so it is asked for by a name.
func elsewhere(config *rest.Config, host string) *rest.Config {
	config.Host = host
	config.ServerName = "kubernetes"
	return config
}

// relayURL returns the address of the API server for the node.
func (c *Cluster) relayURL() string {
	return fmt.Sprintf("https://%s", c.relay.address())
}
