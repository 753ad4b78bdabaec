package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// input are the flags that say what is read and for which server.
type input struct {
	paths         []string
	namespace     string
	assumeEnabled bool
	kubeVersion   string
	config        configuration
	// recordAlone says that what leads to Pods decides nothing.
	recordAlone bool
	// judgesRest says that templates of Helm are one failure among others, and the rest is
	// judged: nothing is made of it that could be taken for all.
	judgesRest bool
}

func (in *input) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&in.paths, "filename", "f", nil, "file, folder (with all below it) or - for standard input; may be repeated")
	in.namespace = "default"
	namespaceFlag(flags, &in.namespace, "namespace of objects that name none")
	flags.BoolVar(&in.assumeEnabled, "assume-enabled", false, "take namespaces that are not in the files for enabled")
	flags.StringVar(&in.kubeVersion, "kube-version", newestKnown, "Kubernetes version of the cluster")
	in.config.register(cmd)
}

// errNoFiles is said instead of touching a cluster.
var errNoFiles = errors.New("-f is missing: name a file, a folder or - for standard input")

// reading is what was read and decided.
type reading struct {
	files    []*manifest.File
	set      *manifest.Set
	verdicts []verdict.Verdict
	// unrendered are the errors about templates of Helm.
	unrendered []error
	kube       server
	// version is the API server's, where a cluster was read.
	version string
	// off says that no webhook is called in it.
	off bool
	// gaps are what could not be read of it.
	gaps []live.Gap
}

func (in *input) read(cmd *cobra.Command) (*reading, error) {
	if len(in.paths) == 0 {
		return nil, errNoFiles
	}
	kube, err := parseKubeVersion(in.kubeVersion)
	if err != nil {
		return nil, err
	}
	set, err := in.config.load()
	if err != nil {
		return nil, err
	}
	r := &reading{kube: kube}
	for i, path := range in.paths {
		if path == "-" && contains(in.paths[:i], "-") {
			return nil, errors.New("-f - may be given only once")
		}
		files, err := open(path, cmd)
		if err := in.aside(r, files, err); err != nil {
			return nil, err
		}
		r.files = append(r.files, files...)
	}
	var notes []string
	r.files, notes = once(r.files)
	options := set.sets(manifest.Options{Namespace: in.namespace, AssumeEnabled: in.assumeEnabled, Partial: true})
	if in.recordAlone {
		options.AssumeClasses = nil
	}
	r.set = manifest.NewSet(r.files, options)
	if err := in.templates(cmd, r); err != nil {
		return nil, err
	}
	r.set.Notes = append(notes, r.set.Notes...)
	r.verdicts = verdict.All(r.set, set.judges(kube, verdict.Options{}))
	return r, nil
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// failures are all objects that could not be read or decided about.
func (r *reading) failures() []error {
	out := slices.Clone(r.unrendered)
	for _, err := range r.set.Errors {
		out = append(out, err)
	}
	for i := range r.verdicts {
		if err := r.verdicts[i].Err; err != nil {
			out = append(out, err)
		}
	}
	return out
}

// maxShown is how many mistakes are told at once.
const maxShown = 10

// failed is one error for all of them, or nil.
func failed(failures []error) error {
	if len(failures) == 0 {
		return nil
	}
	var text []string
	for _, err := range failures[:min(len(failures), maxShown)] {
		text = append(text, err.Error())
	}
	if more := len(failures) - maxShown; more > 0 {
		text = append(text, fmt.Sprintf("and %d more", more))
	}
	return errors.New(strings.Join(text, "\n"))
}

// names lists the Deployments that there are, for people who look for another.
func (r *reading) names() string {
	var out []string
	for _, d := range r.set.Deployments {
		out = append(out, d.Key())
	}
	if more := len(out) - maxShown; more > 0 {
		out = append(out[:maxShown], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}
