package verdict

import (
	"errors"

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
	// decided.
	Decision decision.Decision
	// Patch is what to write into the manifest; empty for a Deployment that is not
	// guarded.
	Patch []patch.Operation
	// Err is set when nothing could be decided.
	Err error
}

// Guarded tells whether the webhook would be called at all.
func (v *Verdict) Guarded() bool { return v.Deployment.Standing == manifest.Guarded }

// AtRisk tells whether the webhook would leave a risk behind.
func (v *Verdict) AtRisk() bool {
	for i := range v.Decision.Findings {
		if v.Guarded() && v.Decision.Findings[i].Outcome == policy.AtRisk {
			return true
		}
	}
	return false
}

// Edit is the patch for the manifest.
func (v *Verdict) Edit() manifest.Edit {
	return manifest.Edit{Deployment: v.Deployment, Patch: v.Patch}
}

// Judge decides about every Deployment of the set.
func Judge(set *manifest.Set, nativeSleep bool) []Verdict {
	maker := decision.NewMaker(api.NewResolver(nil, api.DefaultBounds()))
	out := make([]Verdict, 0, len(set.Deployments))
	for _, d := range set.Deployments {
		v := Verdict{Deployment: d}
		if err := v.judge(maker, set, nativeSleep); err != nil {
			v.Err = d.Fail(err)
		}
		out = append(out, v)
	}
	return out
}

func (v *Verdict) judge(maker *decision.Maker, set *manifest.Set, nativeSleep bool) error {
	d := v.Deployment
	var err error
	v.Decision, err = maker.Make(&decision.Request{
		New:         d.JSON,
		Namespace:   set.Annotations(d.Namespace),
		Graph:       set.Graph(d.Namespace),
		Room:        set.Room(d.Namespace),
		Manifest:    !d.Stored(),
		NativeSleep: nativeSleep,
	})
	if err != nil {
		return plain(err)
	}
	if v.Guarded() {
		v.Patch = v.Decision.Patch
	}
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
