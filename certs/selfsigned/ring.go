package selfsigned

import (
	"errors"
	"fmt"

	"github.com/rollguard/rollguard/certs"
)

// The keys of the Secret's data. The four without prefix are those that
// kubernetes.io/tls Secrets and cert-manager use.
const (
	authorityCert = "ca.crt"
	authorityKey  = "ca.key"
	successorCert = "next-ca.crt"
	successorKey  = "next-ca.key"
	leafCert      = "tls.crt"
	leafKey       = "tls.key"
)

// ring is what the Secret keeps. Any of the three may be nil; a leaf without its
// authority may not be, and a leaf is always signed by the authority.
type ring struct {
	authority *certs.KeyPair
	successor *certs.KeyPair
	leaf      *certs.KeyPair
}

// complete says whether the ring is worth being remembered and restored.
func (r ring) complete() bool { return r.authority != nil && r.leaf != nil }

// parseRing reads the data of the Secret. Parts that are absent or damaged are nil
// in the ring, and the error has a sentence with the field for each damaged one. A
// Secret without any of the fields is an empty ring and no error.
func parseRing(data map[string][]byte) (ring, error) {
	var (
		r        ring
		problems []error
	)
	read := func(certField, keyField string, check func(*certs.KeyPair) error) *certs.KeyPair {
		if len(data[certField]) == 0 && len(data[keyField]) == 0 {
			return nil
		}
		pair, err := certs.ParseKeyPair(data[certField], data[keyField])
		if err == nil {
			err = check(pair)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("data[%s], data[%s]: %w", certField, keyField, err))
			return nil
		}
		return pair
	}
	r.authority = read(authorityCert, authorityKey, certs.IsAuthority)
	r.successor = read(successorCert, successorKey, certs.IsAuthority)
	r.leaf = read(leafCert, leafKey, func(leaf *certs.KeyPair) error {
		if r.authority == nil {
			return errors.New("the certificate has no authority beside it")
		}
		return certs.IssuedBy(leaf, r.authority)
	})
	return r, errors.Join(problems...)
}

// data returns the Secret's data for the ring. A field that shall not exist is
// nil, which a merge patch removes.
func (r ring) data() map[string][]byte {
	out := map[string][]byte{}
	put := func(certField, keyField string, pair *certs.KeyPair) {
		out[certField], out[keyField] = nil, nil
		if pair != nil {
			out[certField], out[keyField] = pair.CertPEM, pair.KeyPEM
		}
	}
	put(authorityCert, authorityKey, r.authority)
	put(successorCert, successorKey, r.successor)
	put(leafCert, leafKey, r.leaf)
	return out
}
