package live

import (
	"fmt"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
)

// Cluster is a cluster that can be asked.
type Cluster struct {
	// Namespace is the one of the kubeconfig's context.
	Namespace string

	clients kubernetes.Interface
	dynamic dynamic.Interface
}

// Version is the API server's, such as v1.37.2.
func (c *Cluster) Version() (string, error) {
	v, err := c.clients.Discovery().ServerVersion()
	if err != nil {
		return "", fmt.Errorf("the API server's version: %w", err)
	}
	return v.GitVersion, nil
}
