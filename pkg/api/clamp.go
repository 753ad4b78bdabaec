package api

import (
	"fmt"
	"time"
)

// clamp brings what annotations ask for back into the administrator's bounds.
func (s *resolution) clamp() {
	b := s.resolver.bounds
	limit(s, &s.settings.Timing.PreStopSleep, b.MaxPreStopSleep)
	limit(s, &s.settings.Timing.GracePeriod, b.MaxGracePeriod)
	limit(s, &s.settings.Startup.Budget, b.MaxStartupBudget)
	limit(s, &s.settings.MinReady, b.MaxMinReady)
	s.settings.Bounds = b
}

func limit(s *resolution, setting *Setting[*time.Duration], bound time.Duration) {
	if setting.Value == nil || bound == 0 || *setting.Value <= bound {
		return
	}
	asked := *setting.Value
	s.report(OutOfBounds, setting.Source, asked.String(),
		fmt.Sprintf("%s asks for %s, more than the administrator allows; %s is used", setting.Source, asked, bound))
	setting.Value = &bound
}
