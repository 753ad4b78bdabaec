package report

import (
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/manifest"
)

func (p *page) timeline() {
	t := p.v.Timeline()
	if t == nil {
		return
	}
	switch result := &p.v.Decision.Result; {
	case p.v.Deployment.Standing == manifest.OptedOut && len(result.Changes) > 0 && !p.v.Off:
		p.heading("Timeline of its next rollout, without what Rollguard added, in seconds from the new Pod serving on")
	case !p.v.Guarded(), p.v.Off:
		p.heading("Timeline of a rollout as it is now, in seconds from the new Pod serving on")
	case result.Mode == api.Audit && len(result.Changes) > 0:
		p.heading("Timeline of a rollout without these changes, in seconds from the new Pod serving on")
	default:
		p.heading("Timeline of a rollout, in seconds from the new Pod serving on")
	}
	_, _ = p.WriteString(t.Text(p.width)) // a strings.Builder takes everything
	if p.v.Guarded() && !p.v.Off && t.OutlastsTheBalancer() {
		p.enough()
	}
}
