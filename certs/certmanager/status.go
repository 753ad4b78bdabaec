package certmanager

import (
	"errors"
	"fmt"
	"strings"
	"time"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
)

// Status is what a Certificate says about itself.
type Status struct {
	// Ready is whether its Secret holds a certificate that is valid and as asked for.
	Ready bool
	// Reason is one sentence on why it is not ready, or why the last attempt to renew
	// it failed; empty where all is well.
	Reason string
	// Expires is the end of the certificate in the Secret, Renews when cert-manager is
	// going to replace it; zero where it does not say.
	Expires, Renews time.Time
}

// Err returns the reason as an error about the named Certificate, or nil.
func (s Status) Err(namespace, name string) error {
	if s.Reason == "" {
		return nil
	}
	state := "is not ready"
	if s.Ready {
		state = "is not renewed"
	}
	return fmt.Errorf("Certificate %s/%s %s: %w", namespace, name, state, errors.New(s.Reason)) //nolint:staticcheck // a kind's name
}

// statusOf reads the conditions. Those with an older generation are about another
// specification of the same object, but better than nothing, and named as such.
func statusOf(c *certmanagerv1.Certificate) Status {
	s := Status{}
	if c.Status.NotAfter != nil {
		s.Expires = c.Status.NotAfter.Time
	}
	if c.Status.RenewalTime != nil {
		s.Renews = c.Status.RenewalTime.Time
	}
	ready := condition(c, certmanagerv1.CertificateConditionReady)
	issuing := condition(c, certmanagerv1.CertificateConditionIssuing)
	switch {
	case ready == nil:
		s.Reason = "cert-manager has not looked at it yet; is it running?"
	case ready.Status != cmmeta.ConditionTrue:
		s.Reason = said(c, ready)
	default:
		s.Ready = true
	}
	// What was tried last, and failed, explains more than that there is no Secret.
	if failed := c.Status.LastFailureTime; failed != nil && issuing != nil && issuing.Message != "" {
		s.Reason = strings.TrimPrefix(s.Reason+"; ", "; ") +
			"the attempt of " + failed.UTC().Format(time.RFC3339) + " failed: " + said(c, issuing)
	}
	return s
}

func condition(c *certmanagerv1.Certificate, kind certmanagerv1.CertificateConditionType) *certmanagerv1.CertificateCondition {
	for i := range c.Status.Conditions {
		if c.Status.Conditions[i].Type == kind {
			return &c.Status.Conditions[i]
		}
	}
	return nil
}

// said is a condition in cert-manager's own words.
func said(c *certmanagerv1.Certificate, of *certmanagerv1.CertificateCondition) string {
	text := of.Reason + ": " + of.Message
	if of.Message == "" {
		text = of.Reason
	}
	if text == "" {
		text = fmt.Sprintf("the condition %s is %s, without a reason", of.Type, of.Status)
	}
	if of.ObservedGeneration != 0 && of.ObservedGeneration < c.Generation {
		text += " (said before the Certificate was last changed)"
	}
	return text
}
