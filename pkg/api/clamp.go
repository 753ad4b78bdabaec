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
	s.limitAttempts(b.MaxStartupBudget)
	s.limitRepair()
}

// limitAttempts keeps a failure threshold within the startup budget: period times
// threshold is a budget too.
func (s *resolution) limitAttempts(bound time.Duration) {
	startup := &s.settings.Startup
	attempts := startup.FailureThreshold
	if attempts.Value == nil || bound == 0 || startup.Period.Value*time.Duration(*attempts.Value) <= bound {
		return
	}
	most := int32(max(bound/startup.Period.Value, 1))
	s.report(OutOfBounds, attempts.Source, fmt.Sprint(*attempts.Value),
		fmt.Sprintf("%s asks for %d attempts every %s, and the administrator allows a start of %s; %d are used",
			attempts.Source, *attempts.Value, startup.Period.Value, bound, most))
	startup.FailureThreshold.Value = &most
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
