package certs_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/certs"
)

func TestACertificateIsToldOfTwoWeeksOrASixthOfItsLifeBeforeItsEnd(t *testing.T) {
	ca := authority(t, day0, 10*365*24*time.Hour)
	for _, tc := range []struct {
		name   string
		life   time.Duration
		before time.Duration
	}{
		{"a year: two weeks", 365 * 24 * time.Hour, 14 * 24 * time.Hour},
		{"90 days: two weeks", 90 * 24 * time.Hour, 14 * 24 * time.Hour},
		{"11 hours, and one of the backdating: two hours", 11 * time.Hour, 2 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			served := leaf(t, ca, day0, tc.life)
			at := certs.NoticeAt(served.Leaf(), served.NotAfter())
			if got := served.NotAfter().Sub(at); got != tc.before {
				t.Errorf("%s before its end, want %s", got, tc.before)
			}
			if at.Before(certs.RenewAt(served)) {
				t.Error("it is told of before it is renewed")
			}
		})
	}
}

func TestVerifySaysWhatAClientWouldSay(t *testing.T) {
	ca, other := authority(t, day0, 365*24*time.Hour), authority(t, day0, 365*24*time.Hour)
	chain := []*x509.Certificate{leaf(t, ca, day0, time.Hour).Leaf()}
	for _, tc := range []struct {
		name   string
		chain  []*x509.Certificate
		bundle []byte
		server string
		now    time.Time
		want   string
	}{
		{"trusted", chain, ca.CertPEM, serviceName, day0, ""},
		{"trusted by one of two", chain, slices.Concat(other.CertPEM, ca.CertPEM), serviceName, day0, ""},
		{"another authority", chain, other.CertPEM, serviceName, day0, "unknown authority"},
		{"another name", chain, ca.CertPEM, "other.svc", day0, "not other.svc"},
		{"expired", chain, ca.CertPEM, serviceName, day0.Add(2 * time.Hour), "expired"},
		{"an empty bundle", chain, nil, serviceName, day0, "the CA bundle is empty"},
		{"a damaged bundle", chain, []byte("junk"), serviceName, day0, "not PEM"},
		{"no certificate", nil, ca.CertPEM, serviceName, day0, "there is no certificate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := certs.Verify(tc.chain, tc.bundle, tc.server, tc.now)
			if (tc.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
