package selfsigned

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// maxAttempts bounds how often a round starts again after a lost race.
	maxAttempts = 5
	// maxSteps bounds the steps of one round. The longest way is stage, promote
	// and the question whether that is all.
	maxSteps = 4
)

// round brings Secret, bundles and the served certificate to where they should be
// now. It starts again when somebody else wrote first.
func (s *Source) round(ctx context.Context) error {
	var err error
	for range maxAttempts {
		if err = s.attempt(ctx); !errors.Is(err, errRaced) {
			return err
		}
	}
	return err
}

// attempt reads everything, and then writes in the order in which trust must
// arrive: what is to be trusted, who trusts it, and only then what is served.
func (s *Source) attempt(ctx context.Context) error {
	now := s.options.Clock.Now()
	config, configErr := s.cluster.readConfiguration(ctx)
	stored, err := s.cluster.readSecret(ctx)
	if err != nil {
		return errors.Join(err, configErr)
	}
	view := state{memory: s.memory, served: s.served, config: config}
	damage := s.read(&view, stored)
	s.seen = s.seen.observe(config, view.own(), now)
	view.seen = s.seen

	secretErr := s.keepSecret(ctx, &view, stored.version)
	if errors.Is(secretErr, errRaced) {
		return secretErr
	}
	if secretErr != nil {
		secretErr = errors.Join(secretErr, damage)
	}
	bundleErr := s.keepBundles(ctx, view, now)
	s.keepServing(view, now)
	return errors.Join(secretErr, bundleErr, configErr)
}

// read puts what the Secret holds into the view, and remembers it if it is whole.
func (s *Source) read(view *state, stored secret) error {
	found, err := parseRing(stored.data)
	view.stored, view.damaged, view.absent = found, err != nil, stored.version == ""
	if found.complete() {
		s.memory, view.memory = found, found
	}
	if err != nil {
		err = fmt.Errorf("secret %s/%s: %w", s.options.Namespace, s.options.SecretName, err)
		s.options.Log.Info("certificate secret is damaged", "reason", err.Error())
	}
	return err
}

// keepSecret takes the steps that the Secret needs now.
func (s *Source) keepSecret(ctx context.Context, view *state, version string) error {
	for range maxSteps {
		now := s.options.Clock.Now()
		do := s.policy.secret(*view, now)
		if do.step == keep {
			return nil
		}
		made, err := s.policy.apply(do.step, *view, now)
		if err != nil {
			return fmt.Errorf("secret %s/%s: %s: %w", s.options.Namespace, s.options.SecretName, do.step, err)
		}
		written, err := s.cluster.writeSecret(ctx, version, made.data())
		if err != nil {
			return err
		}
		s.options.Log.Info("certificate secret was written", "step", string(do.step), "reason", do.why)
		version = written.version
		if err := s.read(view, written); err != nil {
			return err
		}
	}
	return nil
}

// keepBundles writes the bundles that are not what they should be.
func (s *Source) keepBundles(ctx context.Context, view state, now time.Time) error {
	hooks := s.policy.bundles(view, now)
	if len(hooks) == 0 {
		return nil
	}
	if err := s.cluster.writeBundles(ctx, view.config.version, hooks); err != nil {
		return err
	}
	s.options.Log.Info("CA bundle was written", "configuration", s.options.ConfigurationName, "webhooks", len(hooks))
	return nil
}

// keepServing serves the stored certificate if it is time to.
func (s *Source) keepServing(view state, now time.Time) {
	if !s.policy.serve(view, now) {
		return
	}
	s.served = served{leaf: view.stored.leaf, authority: view.stored.authority}
	s.serving.Set(view.stored.leaf)
	s.options.Log.Info("serving certificate was changed", "notAfter", view.stored.leaf.NotAfter())
}
