package cli

import (
	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// configuration is the flag that names the webhook's configuration file.
type configuration struct{ file string }

func (c *configuration) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.file, "config", "", "the webhook's configuration file, where it has one: profiles, bounds, target type and the rest hold as for the webhook")
}

// settled is a configuration that was read and checked.
type settled struct {
	*v1alpha1.WebhookConfiguration

	// given says that there is a file: without one nothing is assumed of manifests that
	// does not stand in them.
	given bool
}

func (c *configuration) load() (settled, error) {
	read, err := config.Load(c.file)
	return settled{read, c.file != ""}, err
}

// sets completes how objects are read.
func (s settled) sets(o manifest.Options) manifest.Options {
	o.Topology, o.Excluded = config.Topology(s.WebhookConfiguration), s.ExcludedNamespaces
	o.AssumeClasses = o.Topology.ClassAnnotations
	return o
}

// judges completes how it is decided about them, for an API server of a known version.
func (s settled) judges(kube server, o verdict.Options) verdict.Options {
	o.Resolver = config.Resolver(s.WebhookConfiguration)
	o.NativeSleep = config.NativeSleep(s.PreStopAction, kube.nativeSleep, true)
	o.AssumeService = s.given && config.AssumeService(s.WebhookConfiguration)
	return o
}
