package certs_test

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollguard/rollguard/certs"
)

func TestParseBundle(t *testing.T) {
	one, two := authority(t, day0, time.Hour), authority(t, day0, time.Hour)
	for _, tc := range []struct {
		name   string
		bundle []byte
		count  int
		want   string
	}{
		{"nothing is an empty bundle", nil, 0, ""},
		{"white space is an empty bundle", []byte("\n \n"), 0, ""},
		{"two certificates are read", slices.Concat(one.CertPEM, two.CertPEM), 2, ""},
		{"blank lines between them do not matter", slices.Concat(one.CertPEM, []byte("\n\n"), two.CertPEM, []byte("\n")), 2, ""},
		{"bytes at the end are an error and hide nothing", slices.Concat(one.CertPEM, []byte("junk")), 1, "ends with bytes that are not PEM"},
		{"a private key is an error and hides nothing", slices.Concat(one.KeyPEM, two.CertPEM), 1, `PEM block "PRIVATE KEY"`},
		{"a broken certificate is an error and hides nothing", slices.Concat([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), two.CertPEM), 1, "malformed certificate"},
		{"33 certificates are too many", bytes.Repeat(one.CertPEM, 33), 32, "more than 32"},
		{"a large bundle is not parsed", bytes.Repeat([]byte("-----BEGIN "), 10000), 0, "more than 65536"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found, err := certs.ParseBundle(tc.bundle)
			if len(found) != tc.count {
				t.Errorf("got %d certificates, want %d", len(found), tc.count)
			}
			if (tc.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestBuildBundle(t *testing.T) {
	old := authority(t, day0, time.Hour)
	now := authority(t, day0, 24*time.Hour)
	next := authority(t, day0, 48*time.Hour)

	t.Run("the order does not depend on who builds it", func(t *testing.T) {
		a := certs.BuildBundle(day0, old.Leaf(), now.Leaf(), next.Leaf())
		b := certs.BuildBundle(day0, next.Leaf(), old.Leaf(), now.Leaf(), old.Leaf(), nil)
		if !bytes.Equal(a, b) {
			t.Errorf("%s\nis not\n%s", a, b)
		}
		if want := slices.Concat(next.CertPEM, now.CertPEM, old.CertPEM); !bytes.Equal(a, want) {
			t.Errorf("got %s, want the newest first", a)
		}
	})
	t.Run("the expired one is dropped", func(t *testing.T) {
		got := certs.BuildBundle(day0.Add(2*time.Hour), old.Leaf(), now.Leaf())
		if !bytes.Equal(got, now.CertPEM) {
			t.Errorf("got %s", got)
		}
	})
	t.Run("a bundle in another order and layout is the same bundle", func(t *testing.T) {
		bundle := slices.Concat([]byte("\n"), old.CertPEM, []byte("\n\n"), now.CertPEM)
		if !certs.SameBundle(bundle, []*x509.Certificate{now.Leaf(), old.Leaf()}) {
			t.Error("it is not")
		}
	})
	t.Run("a bundle with one more, one less or damage is not", func(t *testing.T) {
		want := []*x509.Certificate{now.Leaf()}
		for _, bundle := range [][]byte{nil, slices.Concat(now.CertPEM, old.CertPEM), slices.Concat(now.CertPEM, []byte("junk"))} {
			if certs.SameBundle(bundle, want) {
				t.Errorf("%q is", bundle)
			}
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	ca, err := certs.NewAuthority(day0, time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ca.CertPEM)
	f.Add(slices.Concat(ca.CertPEM, []byte("junk"), ca.CertPEM))
	f.Add(ca.KeyPEM)
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		found, err := certs.ParseBundle(bundle)
		if len(found) > 32 || len(bundle) > certs.MaxPEMBytes && (err == nil || found != nil) {
			t.Fatalf("the bounds do not hold: %d certificates, %v", len(found), err)
		}
		built := certs.BuildBundle(time.Time{}, found...)
		again, err := certs.ParseBundle(built)
		if err != nil {
			t.Fatalf("a bundle that was built is not read: %v", err)
		}
		if !bytes.Equal(built, certs.BuildBundle(time.Time{}, again...)) || !certs.SameBundle(built, found) {
			t.Fatal("building is not stable")
		}
	})
}
