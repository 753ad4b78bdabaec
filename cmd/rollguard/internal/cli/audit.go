package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/audit"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/manifest"
)

const auditHelp = `Say how Deployments stand, the worst first: which lose requests in a rolling
update, why, and what to do.

Without -f the cluster is read: the namespace of the kubeconfig's context, some
with -n, or with -A all of them, also those that Rollguard is not enabled for.
With -f no cluster is touched: files, folders, or what helm or kustomize write.

States:
  unguarded    something is missing that Rollguard adds
  at-risk      nothing to add, and requests may be lost all the same,
               or an annotation is not followed
  undecided    it could not be evaluated
  pending      values of Rollguard follow a changed policy at the next rollout
  left-alone   it opted out, or another controller owns it
  accepted     nothing to add, as an annotation keeps fields or asks for less, and
               requests may be lost by that
  not-exposed  nothing sends traffic there
  not-enabled  its namespace belongs to Kubernetes, or is excluded
  guarded      nothing to add, and no risk is known

A Deployment whose namespace only lacks the label is judged like any other; status
calls it not-enabled. ENABLED in -o wide says whether its namespace has the label,
or off where it has and no webhook is installed.

A Deployment of files counts as it is written. Where its namespace is enabled, by
its label in the files or by --assume-enabled, it counts as admission leaves it.

In JSON and YAML, openRaces are the races (A and B, see explain) that lose requests
in the next rollout, as admission leaves it where the namespace is enabled.

The exit code is 1 when a Deployment has a state, or a finding, that --fail-on
names, and 2 when something could not be read or evaluated, or when files hold no
Deployment: a chart that failed in front of a pipe leaves nothing.`

const auditExamples = `  rollguard audit -A
  rollguard audit -n shop -n blog -o wide
  rollguard audit -f deploy/ -o sarif > rollguard.sarif
  helm template shop ./chart | rollguard audit -f - -n shop --assume-enabled`

type auditOptions struct {
	input
	cluster    liveInput
	namespaces []string
	everywhere bool
	output     string
	failOn     []string
}

func newAudit() *cobra.Command {
	o := &auditOptions{}
	o.judgesRest = true
	o.cluster.config = &o.config
	cmd := &cobra.Command{
		Use:     "audit [-A | -n NAMESPACE | -f FILE|DIR|-]",
		Short:   "Say which Deployments lose requests in a rollout, and why",
		Long:    auditHelp,
		Example: auditExamples,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.paths, "filename", "f", nil, "file, folder (with all below it) or - for standard input; may be repeated")
	flags.StringSliceVarP(&o.namespaces, "namespace", "n", nil, "namespace of the cluster, may be repeated; with -f that of objects that name none")
	flags.BoolVarP(&o.everywhere, "all-namespaces", "A", false, "all namespaces of the cluster")
	flags.BoolVar(&o.assumeEnabled, "assume-enabled", false, "take namespaces that are not in the files for enabled")
	flags.StringVar(&o.kubeVersion, "kube-version", newestKnown, "Kubernetes version of the cluster, with -f")
	flags.StringVarP(&o.output, "output", "o", "table", "table, wide, json, yaml, sarif or junit")
	flags.StringSliceVar(&o.failOn, "fail-on", []string{"unguarded", "at-risk"}, "states, and codes of findings, that make the exit code 1; or never")
	o.config.register(cmd)
	o.cluster.register(cmd)
	completeCluster(cmd, &o.cluster.Flags)
	complete(cmd, "fail-on", audit.Words()...)
	complete(cmd, "output", "table", "wide", "json", "yaml", "sarif", "junit")
	return cmd
}

func (o *auditOptions) run(cmd *cobra.Command) error {
	write, err := o.format()
	if err != nil {
		return &usageError{command: cmd.CommandPath(), err: err}
	}
	failOn, err := audit.ParseFailOn(o.failOn)
	if err != nil {
		return &usageError{command: cmd.CommandPath(), err: err}
	}
	r := &audit.Report{Rollguard: version(), FailOn: failOn, Live: len(o.paths) == 0, Deployments: []audit.Row{}, Unread: []live.Gap{}, Errors: []string{}}
	failures, err := o.gather(cmd, r)
	if err != nil {
		return err
	}
	for _, failure := range failures {
		r.Errors = append(r.Errors, failure.Error())
	}
	r.Finish()
	if err := write(r, cmd.OutOrStdout()); err != nil {
		return err
	}
	if err := cmp.Or(failed(failures), unanswered(r.Unread), unknown(r.Unknown())); err != nil {
		return err
	}
	if r.Fails() {
		return errDiffers
	}
	return nil
}

func (o *auditOptions) format() (func(*audit.Report, io.Writer) error, error) {
	formats := map[string]func(*audit.Report, io.Writer) error{
		"table": func(r *audit.Report, w io.Writer) error { return r.Table(w, audit.Layout{Width: columns(w)}) },
		"wide": func(r *audit.Report, w io.Writer) error {
			return r.Table(w, audit.Layout{Width: columns(w), Wide: true})
		},
		"json":  (*audit.Report).JSON,
		"yaml":  (*audit.Report).YAML,
		"sarif": (*audit.Report).SARIF,
		"junit": (*audit.Report).JUnit,
	}
	if write, ok := formats[o.output]; ok {
		return write, nil
	}
	return nil, fmt.Errorf("-o %q: is none of table, wide, json, yaml, sarif, junit", o.output)
}

// gather fills the report and returns what could not be read or evaluated.
func (o *auditOptions) gather(cmd *cobra.Command, r *audit.Report) ([]error, error) {
	if o.everywhere && (len(o.namespaces) > 0 || len(o.paths) > 0) {
		return nil, errors.New("-A is for a whole cluster, so it goes with neither -n nor -f")
	}
	if len(o.paths) == 0 {
		return o.fromCluster(cmd, r)
	}
	switch len(o.namespaces) {
	case 0:
	case 1:
		o.namespace = o.namespaces[0]
	default:
		return nil, errors.New("-n may be given only once with -f: it is the namespace of objects that name none")
	}
	read, err := o.read(cmd)
	if err != nil {
		return nil, err
	}
	for i := range read.verdicts {
		r.Deployments = append(r.Deployments, audit.Describe(&read.verdicts[i]))
	}
	r.Kubernetes = o.kubeVersion
	failures := read.failures()
	if len(read.set.Deployments) == 0 && len(failures) == 0 {
		return nil, errors.New(read.noDeployment(o.where()))
	}
	notes := read.set.Notes
	if passed := read.set.Passed(); passed != "" {
		notes = append(notes, "not looked at: "+passed)
	}
	notes = append(notes, read.hints(read.verdicts, o.kubeVersion)...)
	sayNotes(cmd.ErrOrStderr(), notes)
	return failures, nil
}

func (o *auditOptions) fromCluster(cmd *cobra.Command, r *audit.Report) ([]error, error) {
	c, err := o.cluster.Connect()
	if err != nil {
		return nil, err
	}
	namespaces := o.namespaces
	if len(namespaces) == 0 && !o.everywhere {
		namespaces = []string{c.Namespace}
	}
	settings, err := o.config.load()
	if err != nil {
		return nil, err
	}
	if r.Kubernetes, err = c.Version(); err != nil {
		return nil, err
	}
	kube, err := parseKubeVersion(r.Kubernetes)
	if err != nil {
		return nil, err
	}
	r.Off = c.WebhookMissing(cmd.Context())
	var failures []error
	hidden, roads := map[string]string{}, live.Roads{}
	set := manifest.NewSet(nil, settings.sets(manifest.Options{Hidden: hidden}))
	judge := verdict.NewJudge(set, settings.judges(kube, verdict.Options{Live: true, Off: r.Off, Unread: roads.Unread}))
	progress := newProgress(cmd.ErrOrStderr())
	unread, err := c.Walk(cmd.Context(), live.Walk{Namespaces: namespaces, Hidden: hidden, Roads: roads, Use: func(page *manifest.File) error {
		for _, d := range set.Pass(page) {
			v := judge.Judge(d)
			if v.Err != nil {
				failures = append(failures, v.Err)
			}
			r.Deployments = append(r.Deployments, audit.Describe(&v))
		}
		progress.say(fmt.Sprintf("%s (%s so far)", page.Name, textwidth.Count(len(r.Deployments), "Deployment")))
		return nil
	}})
	progress.end()
	r.Unread = append(r.Unread, unread...)
	if set.ClassesSettled() {
		live.SettleClasses(r.Unread)
	}
	sayGaps(cmd.ErrOrStderr(), r.Unread)
	sayNotes(cmd.ErrOrStderr(), set.Notes)
	if errors.Is(err, context.Canceled) {
		return nil, errors.New("interrupted")
	}
	for _, e := range set.Errors {
		failures = append(failures, e)
	}
	return failures, err
}
