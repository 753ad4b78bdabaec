package selfsigned

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollguard/rollguard/certs"
)

// apply returns the ring that a step makes of the stored one.
func (p policy) apply(do step, s state, now time.Time) (ring, error) {
	r := s.stored
	switch do {
	case restore:
		return s.memory, nil
	case clean:
		return r, nil
	case stage:
		successor, err := certs.NewAuthority(now, p.authorityLife)
		r.successor = successor
		return r, err
	case renewCA:
		authority, err := certs.NewAuthority(now, p.authorityLife)
		if err != nil {
			return ring{}, err
		}
		return p.signed(ring{authority: authority}, p.request(now))
	case promote:
		return p.signed(ring{authority: r.successor}, p.request(now))
	case issue:
		return p.signed(r, p.widened(r.leaf, now))
	}
	return ring{}, fmt.Errorf("self-signed certificates: step %q makes nothing", do)
}

// signed returns the ring with a new leaf.
func (p policy) signed(r ring, request certs.LeafRequest) (ring, error) {
	leaf, err := certs.IssueLeaf(r.authority, request)
	r.leaf = leaf
	return r, err
}

// widened returns a request that keeps the names of a leaf that lacks ours. While
// replicas with different names run side by side, in a rolling update, each would
// else undo what the other issued.
func (p policy) widened(leaf *certs.KeyPair, now time.Time) certs.LeafRequest {
	request := p.request(now)
	if leaf == nil || leaf.Serves(p.dnsNames) == nil {
		return request
	}
	names := slices.Concat(p.dnsNames, leaf.Leaf().DNSNames)
	slices.Sort(names)
	request.DNSNames = slices.Compact(names)
	return request
}
