package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/policy"
)

const statusHelp = `Say how the Deployments of the cluster stand: what their next rollout would
change, decided with the webhook's own code, and why.

States:
  guarded      nothing to add, and no risk is known
  pending      values of Rollguard follow a changed policy at the next rollout
  unguarded    something is missing; the next rollout adds it, but not in mode audit
  at-risk      nothing to add, and requests may be lost all the same,
               or an annotation is not followed
  accepted     nothing to add, as an annotation keeps fields or asks for less, and
               requests may be lost by that
  not-exposed  nothing sends traffic there
  left-alone   it opted out, or another controller owns it
  not-enabled  its namespace does not have the label, belongs to Kubernetes, or
               is excluded (audit judges those without the label like any other)
  undecided    it could not be evaluated

The exit code is 1 when something is unguarded or at risk, 2 when the question
could not be answered: Deployments, the namespace that they are in, its Services
or its Ingresses could not be read, or one Deployment could not be evaluated.`

type statusOptions struct {
	liveInput
	file       configuration
	everywhere bool
	output     string
}

func newStatus() *cobra.Command {
	o := &statusOptions{}
	o.config = &o.file
	cmd := &cobra.Command{
		Use:     "status [-n NAMESPACE | -A]",
		Short:   "Say which Deployments of the cluster are guarded",
		Long:    statusHelp,
		Example: "  rollguard status -n shop\n  rollguard status -A -o json",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	o.register(cmd)
	o.file.register(cmd)
	namespaceFlag(cmd.Flags(), new(string), "namespace; without one that of the kubeconfig's context")
	cmd.Flags().BoolVarP(&o.everywhere, "all-namespaces", "A", false, "all enabled namespaces")
	cmd.Flags().StringVarP(&o.output, "output", "o", "table", "table, wide or json; wide shortens nothing")
	completeCluster(cmd, &o.Flags)
	complete(cmd, "output", "table", "wide", "json")
	return cmd
}

func (o *statusOptions) run(cmd *cobra.Command) error {
	if !contains([]string{"table", "wide", "json"}, o.output) {
		return &usageError{command: cmd.CommandPath(), err: fmt.Errorf("-o %q: is none of table, wide, json", o.output)}
	}
	if o.everywhere && cmd.Flags().Changed("namespace") {
		return errScope
	}
	c, err := o.Connect()
	if err != nil {
		return err
	}
	s, err := scopeOf(cmd, c, o.everywhere)
	if err != nil {
		return err
	}
	r, gathered, err := o.read(cmd.Context(), c, s)
	sayGaps(cmd.ErrOrStderr(), gathered.Gaps)
	if err != nil {
		return err
	}
	sayNotes(cmd.ErrOrStderr(), r.set.Notes)
	all := standings(r, o.everywhere)
	if o.output == "json" {
		err = statusJSON(cmd.OutOrStdout(), r, all, gathered.Gaps)
	} else {
		t := statusTable{
			reading: r, rows: all, disabled: gathered.Disabled, namespace: s.namespace,
			width: columns(cmd.OutOrStdout()), wide: o.output == "wide",
		}
		_, err = io.WriteString(cmd.OutOrStdout(), t.String())
	}
	if err != nil {
		return err
	}
	return statusCode(r, all, gathered.Gaps)
}

// statusCode is the error that the exit code is made of.
func statusCode(r *reading, all []standing, gaps []live.Gap) error {
	if err := cmp.Or(failed(r.failures()), unanswered(gaps), unknown(unknownOf(r.verdicts))); err != nil {
		return err
	}
	for _, s := range all {
		if s.State == policy.Unguarded || s.State == policy.Risky {
			return errDiffers
		}
	}
	return nil
}

func standings(r *reading, onlyEnabled bool) []standing {
	out := []standing{}
	for i := range r.verdicts {
		v := &r.verdicts[i]
		s := standingOf(v)
		if s.State == verdict.NotEnabled && onlyEnabled {
			continue
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b standing) int { return cmp.Compare(a.key, b.key) })
	return out
}

func statusJSON(w io.Writer, r *reading, all []standing, gaps []live.Gap) error {
	byKey := make(map[string]standing, len(all))
	for _, s := range all {
		byKey[s.key] = s
	}
	return writeJSON(w, struct {
		Kubernetes  string              `json:"kubernetes"`
		Deployments map[string]standing `json:"deployments"`
		Unread      []live.Gap          `json:"unread"`
	}{r.version, byKey, append([]live.Gap{}, gaps...)})
}
