package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/manifest"
)

const stripHelp = `Remove from Deployments what Rollguard has added, as far as its record (annotation
rollguard.io/injected) proves it. Values that somebody changed since are his, and
stay. What was there before mode enforce corrected it comes back.

With -f, manifests are printed without it, in the forms of render (-o), and no
cluster is touched.

Without -f the cluster is read, and said what would be removed. With --apply it is
removed, after a question or with --yes. A Deployment whose Pod template changes
by that ROLLS; where admission sees the write, it is a restart at the same time
(annotation kubectl.kubernetes.io/restartedAt), as nothing of Rollguard's goes
without a rollout. What is stored then is compared with what was to go: "not
removed" says what stays, and the exit code is 2.

Where admission would add it again at once, nothing is removed: opt the Deployment
out first (label rollguard.io/inject=disabled), or take the label from its
namespace. With --apply the exit code is 2 where that is so of all.

The exit code of a diff is 1 when something differs.`

const stripExamples = `  rollguard render -f shop.yaml --assume-enabled | rollguard strip -f -
  rollguard strip -f deploy/ -o diff
  rollguard strip -n shop
  rollguard strip deployment/web -n shop --apply`

type stripOptions struct {
	input
	cluster    liveInput
	everywhere bool
	output     string
	color      string
	apply, yes bool
}

func newStrip() *cobra.Command {
	o := &stripOptions{}
	o.cluster.config = &o.config
	cmd := &cobra.Command{
		Use:     "strip [deployment/NAME] [-f FILE|DIR|-]",
		Short:   "Remove what Rollguard has added",
		Long:    stripHelp,
		Example: stripExamples,
		Args:    oneDeployment,
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd, args) },
	}
	o.register(cmd)
	o.cluster.register(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&o.everywhere, "all-namespaces", "A", false, "all namespaces of the cluster")
	flags.StringVarP(&o.output, "output", "o", "yaml", "yaml, json, patch or diff, with -f")
	flags.StringVar(&o.color, "color", "auto", "colour the diff: auto, always or never")
	flags.BoolVar(&o.apply, "apply", false, "remove it from the cluster; Deployments roll by that")
	flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	complete(cmd, "output", "yaml", "json", "patch", "diff")
	complete(cmd, "color", "auto", "always", "never")
	completeCluster(cmd, &o.cluster.Flags)
	cmd.ValidArgsFunction = deploymentNames(&o.input, &o.cluster.Flags)
	return cmd
}

func (o *stripOptions) run(cmd *cobra.Command, args []string) error {
	if len(o.paths) == 0 {
		return o.fromCluster(cmd, args)
	}
	if o.apply || o.everywhere || len(args) > 0 {
		return &usageError{command: cmd.CommandPath(), err: errors.New("with -f no cluster is touched, so it goes with neither a name nor -A nor --apply")}
	}
	write, ok := writers()[o.output]
	if !ok {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("-o %q: is none of yaml, json, patch, diff", o.output)}
	}
	color, err := wantsColor(o.color, cmd.OutOrStdout())
	if err != nil {
		return &usageError{command: cmd.CommandPath(), err: err}
	}
	o.recordAlone = true
	o.assumeEnabled = true // what is ours goes, whether the namespace is enabled or not
	read, err := o.read(cmd)
	if err != nil {
		return err
	}
	settings, err := o.config.load()
	if err != nil {
		return err
	}
	judge := verdict.NewJudge(read.set, settings.judges(read.kube, verdict.Options{}))
	read.verdicts = stripAll(judge, read.set.Deployments)
	if err := failed(read.failures()); err != nil {
		return err
	}
	r := &rendering{reading: read, out: cmd.OutOrStdout(), color: color, all: true}
	for i := range read.verdicts {
		r.edits = append(r.edits, read.verdicts[i].Edit())
	}
	err = write(r)
	sayNotes(cmd.ErrOrStderr(), read.set.Notes)
	if len(read.set.Deployments) == 0 {
		say(cmd.ErrOrStderr(), read.noDeployment(o.where())+": passed through unchanged")
	}
	return err
}

// writers are the forms of manifests.
func writers() map[string]func(*rendering) error {
	return map[string]func(*rendering) error{"yaml": printYAML, "json": printJSON, "patch": printPatches, "diff": printDiff}
}

func (o *stripOptions) fromCluster(cmd *cobra.Command, args []string) error {
	if cmd.Flags().Changed("output") {
		return &usageError{command: cmd.CommandPath(), err: errors.New("-o is for files: name them with -f")}
	}
	plan, err := o.plan(cmd, args)
	if err != nil {
		return err
	}
	if len(plan.removals) == 0 {
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "Nothing of Rollguard's in %s.\n", plan.where)
		return err
	}
	if err := plan.print(cmd.OutOrStdout()); err != nil {
		return err
	}
	if !o.apply {
		return nil
	}
	removable := plan.removable()
	if len(removable) == 0 {
		return errors.New("nothing was removed, as admission would add it again: opt the Deployments out first")
	}
	if err := o.confirm(cmd, removable); err != nil {
		return err
	}
	return plan.remove(cmd.Context(), cmd.OutOrStdout(), removable)
}

// stripAll decides what goes from each Deployment.
func stripAll(judge *verdict.Judge, deployments []*manifest.Deployment) []verdict.Verdict {
	out := make([]verdict.Verdict, 0, len(deployments))
	for _, d := range deployments {
		out = append(out, judge.Strip(d))
	}
	return out
}
