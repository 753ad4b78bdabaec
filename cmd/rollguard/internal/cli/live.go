package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/manifest"
)

var errScope = errors.New("-A and -n exclude each other")

// liveInput are the flags of commands that read a cluster.
type liveInput struct {
	live.Flags

	// config is the flag of the command.
	config *configuration
}

func (in *liveInput) register(cmd *cobra.Command) {
	in.Register(cmd.Flags())
}

// scope is what of a cluster is read: a namespace, or live.Everywhere.
type scope struct{ namespace string }

func scopeOf(cmd *cobra.Command, c *live.Cluster, everywhere bool) (scope, error) {
	chosen := cmd.Flags().Changed("namespace")
	switch {
	case everywhere && chosen:
		return scope{}, errScope
	case everywhere:
		return scope{live.Everywhere}, nil
	case chosen:
		namespace, err := cmd.Flags().GetString("namespace")
		return scope{namespace}, err
	}
	return scope{c.Namespace}, nil
}

// read reads the cluster into the same objects that files are read into.
func (in *liveInput) read(ctx context.Context, c *live.Cluster, s scope) (*reading, live.Gathered, error) {
	set, err := in.config.load()
	if err != nil {
		return nil, live.Gathered{}, err
	}
	version, err := c.Version()
	if err != nil {
		return nil, live.Gathered{}, err
	}
	kube, err := parseKubeVersion(version)
	if err != nil {
		return nil, live.Gathered{}, err
	}
	gathered, err := c.Gather(ctx, s.namespace)
	if err != nil {
		return nil, gathered, err
	}
	r := &reading{files: gathered.Files, version: version, off: c.WebhookMissing(ctx)}
	r.set = manifest.NewSet(r.files, set.sets(manifest.Options{Hidden: gathered.Hidden}))
	r.verdicts = verdict.All(r.set, set.judges(kube, verdict.Options{Live: true, Off: r.off, Unread: gathered.Roads.Unread}))
	if r.set.ClassesSettled() {
		live.SettleClasses(gathered.Gaps)
	}
	return r, gathered, nil
}

// offText is said where nobody completes Deployments, whatever the label of a namespace says.
const offText = "The webhook is not installed or switched off: nothing is completed until it is back."

// sayGaps names what could not be read.
func sayGaps(w io.Writer, gaps []live.Gap) {
	for _, sentence := range live.Sentences(gaps) {
		say(w, sentence)
	}
}

// unanswered is an error where what could not be read is what was asked for, or what the
// answer hangs on.
func unanswered(gaps []live.Gap) error {
	for _, gap := range gaps {
		if gap.Decides() {
			return fmt.Errorf("%s could not be read, so the question is not answered", gap.What)
		}
	}
	return nil
}

// unknown is an error where something is not known of some Deployments, as whoever asks may
// not read it.
func unknown(deployments []string) error {
	if len(deployments) == 0 {
		return nil
	}
	return fmt.Errorf("how %s stands could not be decided, as not all that it hangs on could be read", verdict.Counted(deployments))
}

// unknownOf are the Deployments of which that is so.
func unknownOf(verdicts []verdict.Verdict) []string {
	var out []string
	for i := range verdicts {
		if v := &verdicts[i]; v.Unknown() {
			out = append(out, v.Deployment.Key())
		}
	}
	return out
}
