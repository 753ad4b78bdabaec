package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/live"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/manifest"
)

// removal is what goes from one Deployment of a cluster.
type removal struct {
	verdict.Verdict

	// off says that no webhook is at work.
	off bool
}

// rolls tells whether the Pod template changes.
func (r *removal) rolls() bool {
	for _, op := range r.Patch {
		if strings.HasPrefix(op.Path, "/spec/template/") {
			return true
		}
	}
	return false
}

// addedAgain tells whether the webhook would undo it at once.
func (r *removal) addedAgain() bool { return r.Deployment.Standing == manifest.Guarded && !r.off }

func (r *removal) target() live.Target {
	return live.Target{
		Namespace: r.Deployment.Namespace, Name: r.Deployment.Name,
		ResourceVersion: fastjson.GetString(r.Deployment.JSON, "metadata", "resourceVersion"),
	}
}

// plan is what would be removed.
type plan struct {
	cluster  *live.Cluster
	where    string
	removals []removal
}

// plan reads the cluster.
func (o *stripOptions) plan(cmd *cobra.Command, args []string) (*plan, error) {
	c, err := o.cluster.Connect()
	if err != nil {
		return nil, err
	}
	s, err := scopeOf(cmd, c, o.everywhere)
	if err != nil {
		return nil, err
	}
	name := ""
	if len(args) > 0 {
		if o.everywhere {
			return nil, errors.New("a name goes with -n, not with -A")
		}
		if name, err = deploymentName(cmd, args); err != nil {
			return nil, err
		}
	}
	p := &plan{cluster: c, where: "the cluster"}
	var namespaces []string
	if s.namespace != live.Everywhere {
		namespaces, p.where = []string{s.namespace}, "namespace "+s.namespace
	}
	settings, err := o.config.load()
	if err != nil {
		return nil, err
	}
	off, hidden := c.WebhookMissing(cmd.Context()), map[string]string{}
	set := manifest.NewSet(nil, settings.sets(manifest.Options{Hidden: hidden}))
	judge := verdict.NewJudge(set, settings.judges(server{nativeSleep: true}, verdict.Options{Live: true}))
	found := name == ""
	gaps, err := c.Walk(cmd.Context(), live.Walk{Namespaces: namespaces, Hidden: hidden, Roads: live.Roads{}, Use: func(page *manifest.File) error {
		for _, v := range stripAll(judge, set.Pass(page)) {
			if name != "" && v.Deployment.Name != name {
				continue
			}
			found = true
			if v.Err != nil {
				return v.Err
			}
			if len(v.Patch) > 0 {
				p.removals = append(p.removals, removal{v, off})
			}
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	// Routes decide nothing here, so who may not read them has lost nothing.
	sayGaps(cmd.ErrOrStderr(), slices.DeleteFunc(gaps, func(g live.Gap) bool { return !g.Asked }))
	if !found {
		return nil, fmt.Errorf("deployment/%s is not in %s", name, p.where)
	}
	return p, nil
}

func (p *plan) removable() []removal {
	var out []removal
	for _, r := range p.removals {
		if !r.addedAgain() {
			out = append(out, r)
		}
	}
	return out
}

func (p *plan) print(w io.Writer) error {
	for i := range p.removals {
		r := &p.removals[i]
		var fields []string
		for _, c := range r.Decision.Changes {
			fields = append(fields, c.Path.Words())
		}
		what := strings.Join(fields, ", ")
		if what == "" {
			what = "the record alone"
		}
		suffix := ""
		switch {
		case r.addedAgain():
			suffix = fmt.Sprintf("\n  stays: admission would add it again; kubectl label deployment %s -n %s rollguard.io/inject=disabled", r.Deployment.Name, r.Deployment.Namespace)
		case r.rolls() && r.Deployment.Standing == manifest.NamespaceNotKnown:
			suffix = "\n  it rolls by that, if its namespace, which may not be read by you, is not enabled; else admission adds it again"
		case r.rolls():
			suffix = "\n  it rolls by that"
		}
		if _, err := fmt.Fprintf(w, "%s: %s%s\n", r.Deployment.Key(), what, suffix); err != nil {
			return err
		}
	}
	return nil
}
