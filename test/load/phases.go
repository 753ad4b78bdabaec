package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/install"
)

// healBound is how long anything may take to heal.
const healBound = time.Minute

// step is one phase.
type step struct {
	name string
	do   func(context.Context) error
	// breaks is for phases in which writes may be refused until it is healed.
	breaks bool
}

func (b *bench) all() []step {
	return []step{
		{fmt.Sprintf("two replicas rolled %d times", b.Rolls), b.rolls, false},
		{fmt.Sprintf("new authority %d times, and new certificates", b.Rotations), b.rotations, false},
		{fmt.Sprintf("kill -9 of one replica, %d times", b.Kills), b.kills, false},
		{"Secret deleted", b.secretDeleted, true},
		{"caBundle emptied", b.bundleEmptied, true},
		{"API server restarted", func(ctx context.Context) error { return b.plane.RestartAPIServer(ctx) }, true},
	}
}

// phase does one thing under load.
func (b *bench) phase(ctx context.Context, s step) error {
	b.writer.take()
	dead, begin := b.balancer.Refused(), time.Now()
	if err := s.do(ctx); err != nil {
		return err
	}
	p := Phase{Name: s.name}
	if s.breaks {
		healed, err := b.healed(ctx)
		if err != nil {
			return err
		}
		p.Heal = healed.Sub(begin)
	}
	for !s.breaks && b.writer.total() < b.AtLeast {
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	p.Took, p.Dead, p.Counts = time.Since(begin), b.balancer.Refused()-dead, b.writer.take()
	b.phases = append(b.phases, p)
	fmt.Fprintln(b.Out, p)
	return nil
}

// String is a line for people.
func (p Phase) String() string {
	text := fmt.Sprintf("%-45s %7d writes in %4.0f s (%.0f a second): %d refused, %d otherwise failed, %d passed unchanged",
		p.Name, p.Writes, p.Took.Seconds(), float64(p.Writes)/p.Took.Seconds(), p.Refused, p.Other, p.Unpatched)
	if p.Heal > 0 {
		text += fmt.Sprintf("; healed after %.1f s", p.Heal.Seconds())
	}
	if p.Dead > 0 {
		text += fmt.Sprintf("; %d connections met a dead endpoint", p.Dead)
	}
	for why, n := range p.Why {
		text += fmt.Sprintf("\n    %d x %s", n, why)
	}
	return text
}

// healed returns when a write was completed that began after now.
func (b *bench) healed(ctx context.Context) (time.Time, error) {
	since := time.Now()
	for time.Since(since) < healBound {
		if last := b.writer.completed(); last.After(since) {
			return last, nil
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return time.Time{}, err
		}
	}
	return time.Time{}, fmt.Errorf("not healed after %s: %v", healBound, b.writer.take().Why)
}

func (b *bench) rolls(ctx context.Context) error {
	for range 2 * b.Rolls {
		if err := b.roll(ctx); err != nil {
			return err
		}
	}
	return b.left()
}

func (b *bench) kills(ctx context.Context) error {
	for range b.Kills {
		if err := b.kill(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rotations waits for so many authorities after another.
func (b *bench) rotations(ctx context.Context) error {
	authorities, leaves := map[string]bool{}, map[string]bool{}
	begin := time.Now()
	for len(authorities) <= b.Rotations || len(leaves) <= b.Rotations {
		if time.Since(begin) > time.Duration(b.Rotations+1)*healBound {
			return fmt.Errorf("%d authorities and %d certificates in %s", len(authorities), len(leaves), time.Since(begin))
		}
		s, err := b.clients.CoreV1().Secrets("rollguard").Get(ctx, "rollguard-certificates", metav1.GetOptions{})
		if err != nil {
			return err
		}
		authorities[string(s.Data["ca.crt"])], leaves[string(s.Data["tls.crt"])] = true, true
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	fmt.Fprintf(b.Out, "    %d authorities and %d serving certificates were seen\n", len(authorities), len(leaves))
	return nil
}

func (b *bench) secretDeleted(ctx context.Context) error {
	if err := b.clients.CoreV1().Secrets("rollguard").Delete(ctx, "rollguard-certificates", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return b.until(ctx, "the Secret is back", func() bool {
		s, err := b.clients.CoreV1().Secrets("rollguard").Get(ctx, "rollguard-certificates", metav1.GetOptions{})
		return err == nil && bytes.Contains(s.Data["tls.crt"], []byte("CERTIFICATE"))
	})
}

func (b *bench) bundleEmptied(ctx context.Context) error {
	_, err := install.Kubectl(ctx, b.plane, nil, "patch", "mutatingwebhookconfiguration", "rollguard", "--type=json", "-p",
		`[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"},{"op":"remove","path":"/webhooks/1/clientConfig/caBundle"}]`)
	if err != nil {
		return err
	}
	return b.until(ctx, "the bundle is back", func() bool {
		c, err := b.clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(ctx, "rollguard", metav1.GetOptions{})
		return err == nil && strings.Contains(string(c.Webhooks[0].ClientConfig.CABundle), "CERTIFICATE")
	})
}

func (b *bench) until(ctx context.Context, what string, is func() bool) error {
	for begin := time.Now(); time.Since(begin) < healBound; {
		if is() {
			return nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("not within a minute: " + what)
}
