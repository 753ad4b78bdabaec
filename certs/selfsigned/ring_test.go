package selfsigned

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRing(t *testing.T) {
	good, other := ringAt(day0), ringAt(day0)
	good.successor = authorityAt(day0)
	changed := func(field string, value []byte) map[string][]byte {
		data := maps.Clone(good.data())
		data[field] = value
		return data
	}
	for _, tc := range []struct {
		name string
		data map[string][]byte
		want ring
		err  string
	}{
		{"an empty Secret is an empty ring", nil, ring{}, ""},
		{"a whole ring is read", good.data(), good, ""},
		{"other fields do not matter", changed("note", []byte("hello")), good, ""},
		{"a damaged authority takes its leaf along", changed(authorityKey, []byte("junk")), ring{successor: good.successor}, "data[ca.crt], data[ca.key]: certificate and private key"},
		{"a damaged leaf leaves its authority", changed(leafCert, nil), ring{authority: good.authority, successor: good.successor}, "data[tls.crt], data[tls.key]"},
		{"a damaged successor leaves the rest", changed(successorCert, []byte("junk")), ring{authority: good.authority, leaf: good.leaf}, "data[next-ca.crt], data[next-ca.key]"},
		{"a leaf of another authority is refused", ring{authority: other.authority, leaf: good.leaf}.data(), ring{authority: other.authority}, "not signed by the authority"},
		{"a leaf is no authority", ring{authority: good.leaf}.data(), ring{}, "may not sign others"},
		{"a large field is refused", changed(leafCert, bytes.Repeat([]byte("x"), 1<<20)), ring{authority: good.authority, successor: good.successor}, "certificate has 1048576 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := parseRing(tc.data)
			same(t, "authority", got.authority, tc.want.authority)
			same(t, "successor", got.successor, tc.want.successor)
			same(t, "leaf", got.leaf, tc.want.leaf)
			if (tc.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("got %v, want %q", err, tc.err)
			}
		})
	}
}

func FuzzParseRing(f *testing.F) {
	good := ringAt(day0)
	good.successor = authorityAt(day0)
	data := good.data()
	f.Add(data[authorityCert], data[authorityKey], data[leafCert], data[leafKey])
	f.Add(data[leafCert], data[leafKey], data[authorityCert], data[authorityKey])
	f.Add(data[authorityCert], []byte("junk"), []byte(nil), data[leafKey])
	f.Fuzz(func(t *testing.T, caCert, caKey, cert, key []byte) {
		got, err := parseRing(map[string][]byte{
			authorityCert: caCert, authorityKey: caKey,
			successorCert: caCert, successorKey: caKey,
			leafCert: cert, leafKey: key,
		})
		if got.leaf != nil && got.authority == nil {
			t.Fatal("a leaf without authority")
		}
		again, secondErr := parseRing(got.data())
		if secondErr != nil {
			t.Fatalf("a ring that was read is not read again: %v (first: %v)", secondErr, err)
		}
		if diff := cmp.Diff(got.data(), again.data()); diff != "" {
			t.Fatal(diff)
		}
	})
}
