package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/pkg/selfprobe"
)

const checkHelp = `Say whether the installation works: is the webhook configuration there and as
Rollguard's manifest has it, does a Deployment that is created as a dry run come
back completed, how long are the certificates valid, does the caBundle trust what
is served, what does cert-manager say, what runs, may it read all that decides
about Deployments, are the annotations of the guarded namespaces understood, and
who else is called for their Deployments and Pods.

Where it does not work, it says at which point of the road: the configuration is
missing, the webhook is not reachable, its certificate is refused, or it is
reached and nothing is changed. Nothing is stored.

A note is nothing that is known to be wrong: what another webhook does cannot be
seen from outside. What can be seen counts: Pods that are not as their templates
want them, and what others put into the Deployment of the dry run.

The exit code is 1 when something is wrong, 2 when the question could not be asked,
or not by you: what you may not look at is unknown, and not wrong.`

type checkOptions struct {
	live.Flags
	selfprobe.Installation

	output string
}

func newCheck() *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Say whether the installation in the cluster works",
		Long:    checkHelp,
		Example: "  rollguard check\n  rollguard check --context production -o json",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	flags := cmd.Flags()
	o.Register(flags)
	flags.StringVar(&o.Namespace, "rollguard-namespace", "rollguard", "namespace that the webhook runs in")
	flags.StringVar(&o.Probe, "probe-namespace", "rollguard-probe", "namespace of the self-probe")
	flags.StringVar(&o.Configuration, "webhook-configuration", "rollguard", "MutatingWebhookConfiguration")
	flags.StringVarP(&o.output, "output", "o", "text", "text or json")
	completeCluster(cmd, &o.Flags)
	complete(cmd, "output", "text", "json")
	return cmd
}

func (o *checkOptions) run(cmd *cobra.Command) error {
	if o.output != "text" && o.output != "json" {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("-o %q: is none of text, json", o.output)}
	}
	c, err := o.Connect()
	if err != nil {
		return err
	}
	points := []live.Point{}
	kubernetes, err := c.Version()
	if err != nil {
		return err
	}
	points = append(points, versionPoint(kubernetes))
	points = append(points, c.Check(cmd.Context(), o.Installation, time.Now())...)
	if o.output == "json" {
		err = writeJSON(cmd.OutOrStdout(), points)
	} else {
		err = printPoints(cmd.OutOrStdout(), points)
	}
	if err != nil {
		return err
	}
	return checkCode(points)
}

// checkCode is the error that the exit code is made of: what is known to be wrong counts
// before what is not known.
func checkCode(points []live.Point) error {
	var unknown []string
	for i := range points {
		switch p := &points[i]; {
		case p.Unknown && slices.Contains(unknown, p.Name):
		case p.Unknown:
			unknown = append(unknown, p.Name)
		case !p.OK:
			return errDiffers
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("whether it works is not known: %s could not be looked at", strings.Join(unknown, ", "))
	}
	return nil
}

func versionPoint(kubernetes string) live.Point {
	p := live.Point{Name: "versions", OK: true, Says: fmt.Sprintf("Kubernetes %s, rollguard %s", kubernetes, version())}
	switch kube, err := parseKubeVersion(kubernetes); {
	case err != nil:
		p.OK, p.Says, p.Advice = false, "Kubernetes "+kubernetes+" is not a version that is known", "Rollguard then takes preStop sleep for unknown and uses exec."
	case !kube.nativeSleep:
		p.Advice = "Below 1.30 Rollguard sleeps by the command sleep, which the images must have."
	}
	return p
}

// printPoints writes a line for each point, and below it what to do, unless that stands
// above already.
func printPoints(w io.Writer, points []live.Point) error {
	told := map[string]bool{"": true}
	for _, p := range points {
		word := "ok"
		switch {
		case p.Unknown:
			word = "unknown"
		case !p.OK:
			word = "WRONG"
		case p.Advice != "":
			word = "note"
		}
		if _, err := fmt.Fprintf(w, "%-7s  %-13s  %s\n", word, p.Name, p.Says); err != nil {
			return err
		}
		if told[p.Advice] {
			continue
		}
		told[p.Advice] = true
		if _, err := fmt.Fprintf(w, "                        %s\n", p.Advice); err != nil {
			return err
		}
	}
	return nil
}
