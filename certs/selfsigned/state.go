package selfsigned

import (
	"crypto/x509"
	"time"

	"github.com/rollguard/rollguard/certs"
)

// configuration is what matters of the MutatingWebhookConfiguration.
type configuration struct {
	// known is false when it could not be read, which is not absence.
	known bool
	// version is its resourceVersion.
	version string
	// hooks are its webhooks. None when it is absent.
	hooks []hook
}

// hook is one webhook of the configuration.
type hook struct {
	name   string
	bundle []byte
}

// uncalled says whether surely no API server calls us on account of the
// configuration, so that no change of certificate can be too early.
func (c configuration) uncalled() bool { return c.known && len(c.hooks) == 0 }

// served is what a replica serves now, with the authority that signed it.
type served struct {
	leaf, authority *certs.KeyPair
}

// state is all that a decision depends on, besides the time.
type state struct {
	// stored is what the Secret holds, empty when it is absent.
	stored ring
	// absent says that there is no Secret.
	absent bool
	// damaged says that the Secret holds something that cannot be read.
	damaged bool
	// memory is the last complete ring that this replica read or wrote.
	memory ring
	served served
	config configuration
	seen   sightings
}

// abandoned says whether Secret and configuration are both gone while we serve:
// Rollguard is being uninstalled, and a Secret written now would be left behind. When
// the configuration comes back, we are called again and write.
func (s state) abandoned() bool { return s.absent && s.config.uncalled() && s.served.leaf != nil }

// best returns the ring that is in force: the stored one, or what is remembered
// while that has no authority.
func (s state) best() ring {
	if s.stored.authority == nil {
		return s.memory
	}
	return s.stored
}

// own returns the authorities that the bundle must hold: those that may have
// signed, or are to sign, what a replica serves.
func (s state) own() []*x509.Certificate {
	var out []*x509.Certificate
	for _, pair := range []*certs.KeyPair{s.best().authority, s.best().successor, s.served.authority} {
		if pair != nil {
			out = append(out, pair.Leaf())
		}
	}
	return out
}

// sightings remembers since when this replica has seen certificates in the
// configuration. The keys are DER. A restart forgets them, which only makes the
// replica wait longer.
type sightings struct {
	// trusted are the certificates in the bundle of every webhook.
	trusted map[string]time.Time
	// foreign are those in any bundle that are not ours.
	foreign map[string]time.Time
}

// observe returns the sightings after a look at the configuration. Whatever is no
// longer there is forgotten: it must have been there without a break.
func (s sightings) observe(config configuration, own []*x509.Certificate, now time.Time) sightings {
	if !config.known {
		return s
	}
	ours := map[string]bool{}
	for _, cert := range own {
		ours[string(cert.Raw)] = true
	}
	count := map[string]int{}
	for _, h := range config.hooks {
		for key := range distinct(h.bundle) {
			count[key]++
		}
	}
	after := sightings{trusted: map[string]time.Time{}, foreign: map[string]time.Time{}}
	for key, hooks := range count {
		if hooks == len(config.hooks) {
			after.trusted[key] = since(s.trusted, key, now)
		}
		if !ours[key] {
			after.foreign[key] = since(s.foreign, key, now)
		}
	}
	return after
}

// distinct returns the readable certificates of a bundle.
func distinct(bundle []byte) map[string]*x509.Certificate {
	out := map[string]*x509.Certificate{}
	// What cannot be read is trusted by nobody and kept by nobody.
	found, _ := certs.ParseBundle(bundle)
	for _, cert := range found {
		out[string(cert.Raw)] = cert
	}
	return out
}

func since(before map[string]time.Time, key string, now time.Time) time.Time {
	if at, ok := before[key]; ok {
		return at
	}
	return now
}
