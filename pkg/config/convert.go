package config

import (
	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/config/v1alpha1"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Profiles are those of a checked configuration.
func Profiles(c *v1alpha1.WebhookConfiguration) map[string]api.Profile {
	profiles := make(map[string]api.Profile, len(c.Profiles))
	for name, p := range c.Profiles {
		profiles[name] = api.Profile{
			RequestTimeout: p.RequestTimeout.Duration,
			ShutdownMargin: p.ShutdownMargin.Duration,
			Propagation: api.Propagation{
				Service:     p.PropagationDelay.Service.Duration,
				ALBIP:       p.PropagationDelay.ALBIP.Duration,
				ALBInstance: p.PropagationDelay.ALBInstance.Duration,
				NLBIP:       p.PropagationDelay.NLBIP.Duration,
				NLBInstance: p.PropagationDelay.NLBInstance.Duration,
			},
		}
	}
	return profiles
}

// Bounds are those of a checked configuration.
func Bounds(c *v1alpha1.WebhookConfiguration) api.Bounds {
	return api.Bounds{
		MaxPreStopSleep:  c.Bounds.MaxPreStopSleep.Duration,
		MaxGracePeriod:   c.Bounds.MaxGracePeriod.Duration,
		MaxStartupBudget: c.Bounds.MaxStartupBudget.Duration,
		MaxMinReady:      c.Bounds.MaxMinReady.Duration,
	}
}

// Resolver knows the profiles and bounds of a checked configuration.
func Resolver(c *v1alpha1.WebhookConfiguration) *api.Resolver {
	return api.NewResolver(Profiles(c), Bounds(c)).WithRepair(api.RepairLimits{ByDefault: api.Repair(c.Repair.Default), AtMost: api.Repair(c.Repair.AtMost)})
}

// NativeSleep tells whether preStop.sleep is used, which preStopAction chooses within
// what is safe: an API server that is known to be too old would refuse the Deployment.
// knows says that the server has it, versionKnown that this could be found out. "auto"
// wants a version that is known to do it, "sleep" one that is not known not to.
func NativeSleep(preStopAction string, knows, versionKnown bool) bool {
	switch preStopAction {
	case "exec":
		return false
	case "sleep":
		return knows || !versionKnown
	}
	return knows
}

// AssumeService tells whether a new Deployment that declares a TCP port is taken for
// exposed by a Service before any route leads to it.
func AssumeService(c *v1alpha1.WebhookConfiguration) bool { return c.AssumeExposure == "service" }

// Topology says how the cluster's load balancer controller is set up.
func Topology(c *v1alpha1.WebhookConfiguration) topology.Options {
	return topology.Options{
		ClassAnnotations:  c.IngressClassAnnotations,
		DefaultTargetType: c.DefaultTargetType,
	}
}
