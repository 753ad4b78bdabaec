package live

import (
	"fmt"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Flags say which cluster is meant, with kubectl's words.
type Flags struct {
	kubeconfig string
	overrides  clientcmd.ConfigOverrides
}

// flagSet is what is used of a command's flags.
type flagSet interface {
	StringVar(p *string, name, value, usage string)
}

// Register adds the flags.
func (f *Flags) Register(flags flagSet) {
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig file; without one kubectl's rules hold ($KUBECONFIG, ~/.kube/config)")
	flags.StringVar(&f.overrides.CurrentContext, "context", "", "context of the kubeconfig")
}

// Cluster is a cluster that can be asked.
type Cluster struct {
	// Namespace is the one of the kubeconfig's context.
	Namespace string

	clients kubernetes.Interface
	dynamic dynamic.Interface
}

// What may be asked in a second. The client's own default, 5, makes large clusters take
// minutes.
const (
	qps   = 50
	burst = 100
)

// Connect finds the cluster. Nothing is asked yet.
func (f *Flags) Connect() (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.kubeconfig
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &f.overrides)
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("which cluster: %w", err)
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, fmt.Errorf("which cluster: %w", err)
	}
	config.QPS, config.Burst, config.WarningHandler = qps, burst, rest.NoWarnings{}
	rest.AddUserAgent(config, "rollguard")
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("which cluster: %w", err)
	}
	others, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("which cluster: %w", err)
	}
	return &Cluster{Namespace: namespace, clients: clients, dynamic: others}, nil
}

// Version is the API server's, such as v1.37.2.
func (c *Cluster) Version() (string, error) {
	v, err := c.clients.Discovery().ServerVersion()
	if err != nil {
		return "", fmt.Errorf("the API server's version: %w", err)
	}
	return v.GitVersion, nil
}
