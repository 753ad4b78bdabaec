package selfsigned

import (
	"crypto/x509"
	"time"

	"github.com/rollguard/rollguard/certs"
)

// step is what to do with the Secret. The doc comment of the package has the order.
type step string

const (
	keep    step = "keep"    // nothing
	restore step = "restore" // write what is remembered
	renewCA step = "new"     // a new authority with a new leaf
	stage   step = "stage"   // add a successor
	promote step = "promote" // the successor becomes the authority, with a new leaf
	issue   step = "issue"   // a new leaf of the same authority
	clean   step = "clean"   // remove what cannot be read
)

// decision is a step and why it is taken, for the log.
type decision struct {
	step step
	why  string
}

// policy holds the durations and names that decisions depend on.
type policy struct {
	dnsNames                []string
	authorityLife, leafLife time.Duration
	settle, overlap         time.Duration
}

// secret decides what is to be done with the Secret. It is asked again after each
// step, until it says keep.
func (p policy) secret(s state, now time.Time) decision {
	if s.abandoned() {
		return decision{keep, ""}
	}
	return p.next(s, now)
}

// next is the next step for a Secret that is wanted.
func (p policy) next(s state, now time.Time) decision {
	r := s.stored
	switch {
	case r.authority == nil && s.memory.complete() && s.memory.authority.Usable(now) == nil:
		return decision{restore, "the Secret lost its authority and we remember it"}
	case r.authority.Usable(now) != nil && r.successor.Usable(now) == nil:
		return decision{promote, "the authority is not valid and its successor is"}
	case r.authority.Usable(now) != nil:
		return decision{renewCA, "there is no valid authority"}
	case r.leaf.Usable(now) != nil:
		return decision{issue, "there is no valid serving certificate"}
	case r.leaf.Serves(p.dnsNames) != nil:
		return decision{issue, "the serving certificate has other DNS names"}
	case r.successor.Usable(now) == nil && p.settled(s, r.successor, now):
		return decision{promote, "the configuration trusts the successor"}
	case r.successor.Usable(now) != nil && !now.Before(certs.RenewAt(r.authority)):
		return decision{stage, "two thirds of the authority's life are over"}
	case !now.Before(certs.RenewAt(r.leaf)) && p.extends(r, now):
		return decision{issue, "two thirds of the serving certificate's life are over"}
	case s.damaged:
		return decision{clean, "the Secret holds something that cannot be read"}
	}
	return decision{keep, ""}
}

// extends says whether a new leaf would live longer than the present one. It would
// not when both end with the authority; renewing it then would never stop.
func (p policy) extends(r ring, now time.Time) bool {
	return p.request(now).NotAfter(r.authority).After(r.leaf.NotAfter())
}

func (p policy) request(now time.Time) certs.LeafRequest {
	return certs.LeafRequest{DNSNames: p.dnsNames, Now: now, Life: p.leafLife}
}

// serve decides whether the stored leaf is to be served from now on.
func (p policy) serve(s state, now time.Time) bool {
	leaf := s.stored.leaf
	switch {
	case leaf == nil || leaf.Equal(s.served.leaf):
		return false
	case s.served.leaf.Usable(now) != nil:
		return true // anything is better
	case leaf.Usable(now) != nil:
		return false
	case s.stored.authority.Equal(s.served.authority):
		return true // who trusts the one trusts the other
	}
	return p.settled(s, s.stored.authority, now)
}

// settled says whether the API servers can be expected to trust the authority.
func (p policy) settled(s state, authority *certs.KeyPair, now time.Time) bool {
	if s.config.uncalled() {
		return true
	}
	at, trusted := s.seen.trusted[string(authority.Leaf().Raw)]
	return s.config.known && trusted && !now.Before(at.Add(p.settle))
}

// bundles decides which webhooks get which bundle. Those that need no write are
// left out.
func (p policy) bundles(s state, now time.Time) []hook {
	own := s.own()
	if len(own) == 0 {
		return nil // an empty bundle would be worse than whatever is there
	}
	var out []hook
	for _, h := range s.config.hooks {
		bundle := certs.BuildBundle(now, append(p.lingering(s, h, now), own...)...)
		want, _ := certs.ParseBundle(bundle)
		if len(want) > 0 && !certs.SameBundle(h.bundle, want) {
			out = append(out, hook{name: h.name, bundle: bundle})
		}
	}
	return out
}

// lingering returns the certificates of a webhook's bundle that are not ours, and
// whose overlap is not over. BuildBundle drops what is ours too, or has expired.
func (p policy) lingering(s state, h hook, now time.Time) []*x509.Certificate {
	var out []*x509.Certificate
	for key, cert := range distinct(h.bundle) {
		at, foreign := s.seen.foreign[key]
		if foreign && now.Before(at.Add(p.overlap)) {
			out = append(out, cert)
		}
	}
	return out
}
