package report

import (
	"fmt"
	"time"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

// stands says beside each setting what the Deployment has instead, also after admission: its
// author's value was left alone.
func (s Settings) stands(v *verdict.Verdict) {
	stored, err := v.Stored()
	if err != nil {
		return // it was read before, and the patch was proven
	}
	for i := range s {
		if has := instead(stored, &s[i]); has != "" {
			s[i].Source += "; " + has
		}
	}
}

// instead is empty where the Deployment has the value of the setting.
func instead(d *workload.Deployment, s *Setting) string {
	switch wanted := fmt.Sprint(s.Value); s.Name {
	case "maxSurge":
		return differs(wanted, d.Strategy.MaxSurge.String())
	case "maxUnavailable":
		return differs(wanted, d.Strategy.MaxUnavailable.String())
	case "gracePeriod":
		return differs(wanted, inSeconds(d.Template.GracePeriodSeconds))
	case "minReady":
		return differs(wanted, inSeconds(int64(d.MinReadySeconds)))
	case "preStopSleep":
		return hookInstead(d, wanted)
	}
	return ""
}

func differs(wanted, has string) string {
	if wanted == has {
		return ""
	}
	return "the Deployment has " + has
}

// inSeconds writes a number as the settings do.
func inSeconds(n int64) string { return (time.Duration(n) * time.Second).String() }

func hookInstead(d *workload.Deployment, wanted string) string {
	for i := range d.Template.Containers {
		c := &d.Template.Containers[i]
		if c.PreStop == nil {
			continue
		}
		switch sleep, known := policy.HookSleep(c.PreStop); {
		case !known:
			return "container " + c.Name + " has a hook of its own"
		case sleep.String() != wanted:
			return fmt.Sprintf("container %s has %s", c.Name, sleep)
		}
	}
	return ""
}
