package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/nativepolicy"
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/config"
	"github.com/rollguard/rollguard/pkg/topology"
)

const exportHelp = `Print a native MutatingAdmissionPolicy (Kubernetes 1.36 or newer) and its binding
with the part of Rollguard that needs no look at anything but the Deployment and
its namespace: strategy, preStop sleep and grace period, from the same namespace
annotations and profiles. For clusters in which no webhook may run.

It is a part. What it leaves out stands at the head of the policy, and
--differences prints it.`

type exportOptions struct {
	config      configuration
	name, label string
	exposure    string
	differences bool
}

func newPolicy() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Rollguard without a webhook",
		Args:  noSuchCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPolicyExport())
	return cmd
}

func newPolicyExport() *cobra.Command {
	o := &exportOptions{}
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Print the static part of Rollguard as a native policy",
		Long:    exportHelp,
		Example: "  rollguard policy export | kubectl apply -f -\n  rollguard policy export --differences",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.name, "name", "rollguard-static", "name of the policy and its binding")
	flags.StringVar(&o.label, "label", api.LabelInject+"="+api.InjectEnabled, "label of the namespaces that it holds for")
	flags.StringVar(&o.exposure, "exposure", string(topology.ALBIP), "how traffic gets to Deployments whose namespace does not say: service, alb-ip, alb-instance, nlb-ip or nlb-instance")
	flags.BoolVar(&o.differences, "differences", false, "print what the policy does otherwise than the webhook")
	o.config.register(cmd)
	complete(cmd, "exposure", "service", "alb-ip", "alb-instance", "nlb-ip", "nlb-instance")
	return cmd
}

func (o *exportOptions) run(cmd *cobra.Command) error {
	if o.differences {
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "- %s\n", strings.Join(nativepolicy.Differences(), "\n- "))
		return err
	}
	label, value, ok := strings.Cut(o.label, "=")
	if !ok || label == "" || value == "" {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("--label %q: is not of the form key=value", o.label)}
	}
	if !slices.Contains(nativepolicy.Exposures(), topology.Kind(o.exposure)) {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("--exposure %q: is none of service, alb-ip, alb-instance, nlb-ip, nlb-instance", o.exposure)}
	}
	settings, err := o.config.load()
	if err != nil {
		return err
	}
	profiles := api.BuiltInProfiles()
	maps.Copy(profiles, config.Profiles(settings.WebhookConfiguration))
	text, err := nativepolicy.Export(nativepolicy.Options{
		Name: o.name, Label: label, Value: value, Exposure: topology.Kind(o.exposure),
		Profiles: profiles, Bounds: config.Bounds(settings.WebhookConfiguration),
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(cmd.OutOrStdout(), text)
	return err
}
