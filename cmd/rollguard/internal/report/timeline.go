package report

import (
	"github.com/rollguard/rollguard/cmd/rollguard/internal/timeline"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/api"
)

// Timeline is the rollout of a Deployment as admission leaves it, or as it is where
// admission leaves it alone; nil where there is none.
func Timeline(v *verdict.Verdict) *timeline.Timeline {
	if v.Err != nil || len(v.Unread) > 0 {
		return nil
	}
	stored, err := v.Stored()
	if err != nil {
		return nil // it was read before, and the patch was proven
	}
	return timeline.New(stored, &v.Decision)
}

func (p *page) timeline() {
	t := Timeline(p.v)
	if t == nil {
		return
	}
	switch result := &p.v.Decision.Result; {
	case !p.v.Guarded():
		p.heading("Timeline of a rollout as it is now, in seconds from the new Pod serving on")
	case result.Mode == api.Audit && len(result.Changes) > 0:
		p.heading("Timeline of a rollout without these changes, in seconds from the new Pod serving on")
	default:
		p.heading("Timeline of a rollout, in seconds from the new Pod serving on")
	}
	_, _ = p.WriteString(t.Text(p.width)) // a strings.Builder takes everything
	if p.v.Guarded() && t.OutlastsTheBalancer() {
		p.enough()
	}
}
