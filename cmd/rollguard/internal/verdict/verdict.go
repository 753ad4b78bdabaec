package verdict

import (
	"errors"
	"slices"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/decision"
	"github.com/rollguard/rollguard/pkg/manifest"
	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/policy"
)

// Verdict is what was decided about one Deployment.
type Verdict struct {
	Deployment *manifest.Deployment
	// Decision is also there for a Deployment that is not guarded: it is what would be
	// decided. Its exposure is also there for one that is left alone.
	Decision decision.Decision
	// Patch is what to write into the manifest; empty for a Deployment that is not
	// guarded.
	Patch []patch.Operation
	// Live says that the Deployment was read from a cluster.
	Live bool
	// Off says that no webhook is called in it: nothing is completed.
	Off bool
	// Unread are the kinds that lead to Pods, in the words of people, that could not be read:
	// what was decided without them is not to be relied on.
	Unread []string
	// Err is set when nothing could be decided.
	Err error

	// set is where the Deployment was read from.
	set *manifest.Set
}

// Guarded tells whether the webhook would be called at all.
func (v *Verdict) Guarded() bool { return v.Deployment.Standing == manifest.Guarded }

// Unknown tells whether it is not known how the Deployment stands, as what decides about it
// could not be read of the cluster.
func (v *Verdict) Unknown() bool {
	return v.Live && v.Deployment.Standing == manifest.NamespaceNotKnown || len(v.Unread) > 0
}

// AtRisk tells whether requests may be lost in its next rollout, or an annotation is not
// understood: a risk was found that nobody takes away, or a race stays open.
func (v *Verdict) AtRisk() bool {
	if v.Unknown() {
		return false
	}
	risk := slices.ContainsFunc(v.Decision.Findings, func(f policy.Finding) bool { return f.Outcome == policy.AtRisk })
	return v.Guarded() && risk || len(v.Open()) > 0
}

// Edit is the patch for the manifest.
func (v *Verdict) Edit() manifest.Edit {
	return manifest.Edit{Deployment: v.Deployment, Patch: v.Patch}
}

// Options say for which cluster it is decided.
type Options struct {
	// NativeSleep says that the API server knows preStop.sleep.
	NativeSleep bool
	// Live says that the set was read from a cluster: the question is then what the next
	// rollout of each Deployment would change.
	Live bool
	// AssumeService takes a Deployment of a manifest, which is to be created, for exposed
	// when it declares a TCP port and no route leads to it; see [policy.Input].
	AssumeService bool
	// Off says that the cluster has no webhook at work.
	Off bool
	// Unread is asked, for the Deployments of each namespace, for [Verdict.Unread]; nil says
	// that all was read.
	Unread func(namespace string) []string
	// Resolver knows the profiles and bounds; nil is one with the built-in ones.
	Resolver *api.Resolver
}

// Judge decides about the Deployments of one set. It is for one goroutine at a time.
type Judge struct {
	set     *manifest.Set
	options Options
	maker   *decision.Maker
}

// NewJudge is for Deployments among the objects of a set.
func NewJudge(set *manifest.Set, o Options) *Judge {
	if o.Resolver == nil {
		o.Resolver = api.NewResolver(nil, api.DefaultBounds())
	}
	return &Judge{set: set, options: o, maker: decision.NewMaker(o.Resolver)}
}

// Judge decides about one Deployment.
func (j *Judge) Judge(d *manifest.Deployment) Verdict {
	v := Verdict{Deployment: d, Live: j.options.Live, Off: j.options.Off, set: j.set}
	if j.options.Unread != nil {
		v.Unread = j.options.Unread(d.Namespace)
	}
	if err := v.judge(j.maker, j.set, &j.options); err != nil {
		v.Err = d.Fail(err)
	}
	return v
}

// All decides about every Deployment of the set.
func All(set *manifest.Set, o Options) []Verdict {
	judge := NewJudge(set, o)
	out := make([]Verdict, 0, len(set.Deployments))
	for _, d := range set.Deployments {
		out = append(out, judge.Judge(d))
	}
	return out
}

func (v *Verdict) judge(maker *decision.Maker, set *manifest.Set, o *Options) error {
	d := v.Deployment
	req := &decision.Request{
		New:         d.JSON,
		Namespace:   set.Annotations(d.Namespace),
		Graph:       set.Graph(d.Namespace),
		Room:        set.Room(d.Namespace),
		Manifest:    !d.Stored() && !v.Live,
		NativeSleep: o.NativeSleep,
	}
	req.AssumeService = o.AssumeService && req.Manifest
	if v.Live {
		req.Survey = policy.NextRollout
	}
	var err error
	v.Decision, err = maker.Make(req)
	if err != nil {
		return plain(err)
	}
	if v.Guarded() {
		v.Patch = v.Decision.Patch
	}
	if err := v.road(maker, req); err != nil {
		return plain(err)
	}
	v.classesUnseen()
	return nil
}

// plain drops from an error of reading what the manifest's own error says already:
// which step it was, and which Deployment.
func plain(err error) error {
	var failed *decision.Error
	if errors.As(err, &failed) && failed.Stage == decision.StageRead {
		if inner := errors.Unwrap(failed.Err); inner != nil {
			return inner
		}
		return failed.Err
	}
	return err
}
