package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/pkg/manifest"
)

const renderHelp = `Print the manifests as the admission webhook would leave them.

All files are read before anything is decided, as if all of them were applied:
Namespaces, IngressClasses, Ingresses and Services from the same files count.
Only Deployments change, and only where something is missing.

Output (-o):
  yaml   everything that was read. Other documents stay byte for byte as they
         are; in Deployments that change, comments and the order of keys stay.
         JSON stays JSON.
  json   all objects as JSON: the object itself if there is one, else a v1 List
         of them in order.
  patch  a JSON list with one entry for each guarded Deployment:
         {"deployment": "shop/web", "patch": [RFC 6902 operations]}
  diff   a unified diff of the files. Exit code 1 when something differs.

If anything cannot be read, nothing is printed and the exit code is 2.`

const renderExamples = `  rollguard render -f deploy/
  helm template shop ./chart | rollguard render -f - -n shop --assume-enabled
  kustomize build . | rollguard render -f - --assume-enabled | kubectl apply -f -
  rollguard render -f deploy/ -o diff`

type renderOptions struct {
	input
	output string
	color  string
}

func newRender() *cobra.Command {
	o := &renderOptions{}
	cmd := &cobra.Command{
		Use:     "render -f FILE|DIR|-",
		Short:   "Print manifests as the webhook would leave them",
		Long:    renderHelp,
		Example: renderExamples,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	o.register(cmd)
	cmd.Flags().StringVarP(&o.output, "output", "o", "yaml", "yaml, json, patch or diff")
	cmd.Flags().StringVar(&o.color, "color", "auto", "colour the diff: auto, always or never")
	complete(cmd, "output", "yaml", "json", "patch", "diff")
	complete(cmd, "color", "auto", "always", "never")
	return cmd
}

// rendering is what the formats print.
type rendering struct {
	*reading
	edits []manifest.Edit
	out   io.Writer
	color bool
	// all lists Deployments that are not guarded too.
	all bool
}

func (o *renderOptions) run(cmd *cobra.Command) error {
	write, ok := writers()[o.output]
	if !ok {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("-o %q: is none of yaml, json, patch, diff", o.output)}
	}
	color, err := wantsColor(o.color, cmd.OutOrStdout())
	if err != nil {
		return &usageError{command: cmd.CommandPath(), err: err}
	}
	read, err := o.read(cmd)
	if err != nil {
		return err
	}
	if err := failed(read.failures()); err != nil {
		return err
	}
	r := &rendering{reading: read, out: cmd.OutOrStdout(), color: color}
	for i := range read.verdicts {
		r.edits = append(r.edits, read.verdicts[i].Edit())
	}
	err = write(r)
	for _, note := range append(read.notes(o.where()), read.hints(read.verdicts, o.kubeVersion)...) {
		say(cmd.ErrOrStderr(), note)
	}
	return err
}
