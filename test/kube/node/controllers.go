package node

import (
	"context"
	"path/filepath"

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
