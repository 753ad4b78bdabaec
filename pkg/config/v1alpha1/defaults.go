package v1alpha1

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Default fills in what the file leaves out.
func Default(c *WebhookConfiguration) {
	text := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	text(&c.DefaultTargetType, "instance")
	text(&c.PreStopAction, "auto")
	text(&c.AssumeExposure, "service")
	text(&c.Warnings, "changes")
	text(&c.Repair.Default, "report")
	text(&c.Repair.AtMost, "rollout")
	if c.Repair.PerMinute == 0 {
		c.Repair.PerMinute = 10
	}
	if len(c.IngressClassAnnotations) == 0 {
		c.IngressClassAnnotations = []string{"alb"}
	}
	for name, p := range c.Profiles {
		delay := func(field **metav1.Duration, value time.Duration) {
			if *field == nil {
				*field = &metav1.Duration{Duration: value}
			}
		}
		delay(&p.PropagationDelay.NLBIP, 2*time.Minute)
		delay(&p.PropagationDelay.NLBInstance, 25*time.Second)
		c.Profiles[name] = p
	}
	bound := func(field *metav1.Duration, value time.Duration) {
		if field.Duration == 0 {
			field.Duration = value
		}
	}
	bound(&c.Bounds.MaxPreStopSleep, 5*time.Minute)
	bound(&c.Bounds.MaxGracePeriod, 15*time.Minute)
	bound(&c.Bounds.MaxStartupBudget, time.Hour)
	bound(&c.Bounds.MaxMinReady, 10*time.Minute)
}
