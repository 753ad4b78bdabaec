package config

import (
	"maps"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
)

// Validate checks a defaulted configuration and names every wrong field.
func Validate(c *v1alpha1.WebhookConfiguration) field.ErrorList {
	var errs field.ErrorList
	word := func(path, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			errs = append(errs, field.NotSupported(field.NewPath(path), value, allowed))
		}
	}
	word("defaultTargetType", c.DefaultTargetType, "ip", "instance")
	word("preStopAction", c.PreStopAction, "auto", "sleep", "exec")
	word("assumeExposure", c.AssumeExposure, "service", "none")
	word("warnings", c.Warnings, "changes", "risks", "none")
	word("repair.default", c.Repair.Default, "report", "strategy", "rollout")
	word("repair.atMost", c.Repair.AtMost, "report", "strategy", "rollout")
	if n := c.Repair.PerMinute; n < 1 || n > 1000 {
		errs = append(errs, field.Invalid(field.NewPath("repair", "perMinute"), n, "must be between 1 and 1000"))
	}
	for i, name := range c.ExcludedNamespaces {
		for _, msg := range validation.IsDNS1123Label(name) {
			errs = append(errs, field.Invalid(field.NewPath("excludedNamespaces").Index(i), name, msg))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Profiles)) {
		profile, path := c.Profiles[name], field.NewPath("profiles").Key(name)
		for _, msg := range validation.IsDNS1123Label(name) {
			errs = append(errs, field.Invalid(path, name, msg))
		}
		errs = append(errs, validateProfile(&profile, path)...)
	}
	return append(errs, validateBounds(&c.Bounds, field.NewPath("bounds"))...)
}

func validateProfile(p *v1alpha1.Profile, path *field.Path) field.ErrorList {
	delay := path.Child("propagationDelay")
	var errs field.ErrorList
	errs = append(errs, needed(path.Child("requestTimeout"), p.RequestTimeout)...)
	errs = append(errs, needed(path.Child("shutdownMargin"), p.ShutdownMargin)...)
	errs = append(errs, needed(delay.Child("service"), p.PropagationDelay.Service)...)
	errs = append(errs, needed(delay.Child("albIP"), p.PropagationDelay.ALBIP)...)
	errs = append(errs, needed(delay.Child("albInstance"), p.PropagationDelay.ALBInstance)...)
	errs = append(errs, needed(delay.Child("nlbIP"), p.PropagationDelay.NLBIP)...)
	return append(errs, needed(delay.Child("nlbInstance"), p.PropagationDelay.NLBInstance)...)
}

// needed wants a duration to be there; it may be zero.
func needed(path *field.Path, d *metav1.Duration) field.ErrorList {
	if d == nil {
		return field.ErrorList{field.Required(path, "a profile has all timings")}
	}
	return seconds(path, *d, 0)
}

func validateBounds(b *v1alpha1.Bounds, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	errs = append(errs, seconds(path.Child("maxPreStopSleep"), b.MaxPreStopSleep, time.Second)...)
	errs = append(errs, seconds(path.Child("maxGracePeriod"), b.MaxGracePeriod, time.Second)...)
	errs = append(errs, seconds(path.Child("maxStartupBudget"), b.MaxStartupBudget, time.Second)...)
	return append(errs, seconds(path.Child("maxMinReady"), b.MaxMinReady, time.Second)...)
}

// seconds wants whole seconds, as that is what the API counts in, and no more than a
// day.
func seconds(path *field.Path, d metav1.Duration, least time.Duration) field.ErrorList {
	switch {
	case d.Duration < least, d.Duration > 24*time.Hour:
		return field.ErrorList{field.Invalid(path, d.Duration.String(), "must be between "+least.String()+" and 24h")}
	case d.Duration%time.Second != 0:
		return field.ErrorList{field.Invalid(path, d.Duration.String(), "must be a whole number of seconds")}
	}
	return nil
}
