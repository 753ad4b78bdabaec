package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/report"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/policy"
)

const explainHelp = `Say how traffic reaches a Deployment, what the admission webhook would change
in it and why, what stays at risk, and where every setting comes from.

The timeline shows a rollout of one Pod: when the new one gets traffic and the old
one stops getting any, and whether requests are lost in between (race A: old Pods
go before the load balancer uses the new one; race B: SIGTERM comes before the
last request is answered). Its seconds count from the new Pod serving on, with a
startup probe from that probe finding it, and are those of a load balancer as slow
as Rollguard reckons with. --svg draws the same as a picture.

Without -f, the cluster of the kubeconfig is read: what the next rollout of the
Deployment would change. With -f, no cluster is touched.

Without a name, all Deployments of the files, or of the namespace, are explained.
With -n, a name means the Deployment of that namespace.

The exit code is 1 when requests may be lost in the next rollout (something is at
risk, a race is open, or, in a cluster, something is missing by now) or an
annotation is not understood, and 2 when something could not be read. It does not
matter whether somebody accepts that: to status and audit, it does.`

type explainOptions struct {
	input
	cluster liveInput
	output  string
	svg     string
}

func newExplain() *cobra.Command {
	o := &explainOptions{}
	o.judgesRest = true
	o.cluster.config = &o.config
	cmd := &cobra.Command{
		Use:     "explain [deployment/NAME] [-f FILE|DIR|-]",
		Short:   "Say what the webhook would do to Deployments, and why",
		Long:    explainHelp,
		Example: "  rollguard explain deployment/web -n shop\n  rollguard explain deployment/web -f deploy/\n  rollguard explain -f deploy/ -o json",
		Args:    oneDeployment,
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd, args) },
	}
	o.register(cmd)
	o.cluster.register(cmd)
	// The default of files would be wrong for a cluster.
	namespace := cmd.Flags().Lookup("namespace")
	namespace.Usage, namespace.DefValue = "namespace; without one that of the kubeconfig's context; with -f that of objects that name none (default \"default\")", ""
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "text or json")
	cmd.Flags().StringVar(&o.svg, "svg", "", "file for the timeline of one Deployment as a picture; - is standard output, without the text")
	complete(cmd, "output", "text", "json")
	completeCluster(cmd, &o.cluster.Flags)
	cmd.ValidArgsFunction = deploymentNames(&o.input, &o.cluster.Flags)
	return cmd
}

func (o *explainOptions) run(cmd *cobra.Command, args []string) error {
	if o.output != "text" && o.output != "json" {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("-o %q: is none of text, json", o.output)}
	}
	if o.svg == "-" && cmd.Flags().Changed("output") {
		return &usageError{command: cmd.CommandPath(), err: errors.New("--svg - writes the picture where -o would write: name a file, or leave out -o")}
	}
	read, err := o.source(cmd)
	if err != nil {
		return err
	}
	failures := read.failures()
	chosen, err := o.choose(cmd, args, read)
	if err != nil {
		if unread := failed(failures); unread != nil {
			return fmt.Errorf("%w\n%w", unread, err)
		}
		return err
	}
	picture, err := o.picture(chosen)
	if err != nil {
		return err
	}
	if o.svg != "-" {
		if err := o.print(cmd.OutOrStdout(), read, chosen); err != nil {
			return err
		}
	}
	if err := o.draw(cmd.OutOrStdout(), picture); err != nil {
		return err
	}
	for _, note := range append(read.set.Notes, read.hints(chosen, o.kubeVersion)...) {
		say(cmd.ErrOrStderr(), note)
	}
	if err := errors.Join(failed(failures), cmp.Or(unanswered(read.gaps), unknown(unknownOf(chosen)))); err != nil {
		return err
	}
	return explainCode(chosen)
}

// explainCode is the error that the exit code is made of.
func explainCode(chosen []verdict.Verdict) error {
	for i := range chosen {
		if v := &chosen[i]; v.AtRisk() || v.Live && v.Guarded() && v.Decision.State() == policy.Unguarded {
			return errDiffers
		}
	}
	return nil
}

// source reads the files, or the cluster where none are named.
func (o *explainOptions) source(cmd *cobra.Command) (*reading, error) {
	if len(o.paths) > 0 {
		return o.read(cmd)
	}
	c, err := o.cluster.Connect()
	if err != nil {
		return nil, err
	}
	s, err := scopeOf(cmd, c, false)
	if err != nil {
		return nil, err
	}
	r, gathered, err := o.cluster.read(cmd.Context(), c, s)
	sayGaps(cmd.ErrOrStderr(), gathered.Gaps)
	if err != nil {
		return nil, err
	}
	r.gaps = gathered.Gaps
	o.paths = []string{"namespace " + s.namespace}
	return r, nil
}

func (o *explainOptions) print(w io.Writer, read *reading, chosen []verdict.Verdict) error {
	if o.output == "text" {
		text := report.Text(chosen, columns(w))
		if read.off {
			text += "\n" + textwidth.Wrap(offText, columns(w), "  ")
		}
		_, err := io.WriteString(w, text)
		return err
	}
	text, err := report.New(chosen, read.failures()).JSON()
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// choose finds the Deployments that were asked for.
func (o *explainOptions) choose(cmd *cobra.Command, args []string, read *reading) ([]verdict.Verdict, error) {
	if len(read.verdicts) == 0 {
		return nil, errors.New(read.noDeployment(o.where()))
	}
	if len(args) == 0 {
		return read.verdicts, nil
	}
	name, err := deploymentName(cmd, args)
	if err != nil {
		return nil, err
	}
	var chosen []verdict.Verdict
	for _, v := range read.verdicts {
		if v.Deployment.Name == name && (!cmd.Flags().Changed("namespace") || v.Deployment.Namespace == o.namespace) {
			chosen = append(chosen, v)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("deployment/%s is not in %s; there is: %s", name, o.where(), read.names())
	}
	return chosen, nil
}
