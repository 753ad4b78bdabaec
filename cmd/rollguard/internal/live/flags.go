package live

import (
	"fmt"

	"github.com/spf13/pflag"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Flags say which cluster is meant and as whom it is asked, with kubectl's words: the names
// of client-go, from which kubectl has them too. The namespace is the commands' own, as to
// them it means different things.
type Flags struct {
	kubeconfig string
	overrides  clientcmd.ConfigOverrides
}

// Register adds the flags.
func (f *Flags) Register(flags *pflag.FlagSet) {
	flags.StringVar(&f.kubeconfig, clientcmd.RecommendedConfigPathFlag, "", "kubeconfig file; without one kubectl's rules hold ($KUBECONFIG, ~/.kube/config)")
	names := clientcmd.RecommendedConfigOverrideFlags("")
	names.ContextOverrideFlags.Namespace.LongName = "" // not bound
	names.AuthOverrideFlags.Username.LongName, names.AuthOverrideFlags.Password.LongName = "", ""
	names.ClusterOverrideFlags.APIServer.ShortName = "s"
	theirs := pflag.NewFlagSet("", pflag.ContinueOnError)
	clientcmd.BindOverrideFlags(&f.overrides, theirs, names)
	theirs.VisitAll(func(flag *pflag.Flag) { flag.Usage = lowerFirst(flag.Usage) })
	flags.AddFlagSet(theirs)
}

// lowerFirst makes the words of the library's flags look like those of ours.
func lowerFirst(s string) string {
	if len(s) < 2 || s[1] < 'a' || s[1] > 'z' { // "UID of ..."
		return s
	}
	if s[0] >= 'A' && s[0] <= 'Z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
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
		return nil, f.noCluster(rules, err)
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
