package selfsigned

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/rollguard/rollguard/certs"
)

func TestPlanForTheSecret(t *testing.T) {
	young := ringAt(day0)
	staged := young.withLeaf(day0.Add(20 * day))
	staged.successor = authorityAt(day0.Add(20 * day))
	leafless := ring{authority: young.authority}
	renamed := testPolicy()
	renamed.dnsNames = []string{serviceName, "other.svc"}
	capped := young.withLeaf(day0.Add(25 * day))
	trusting := func(at time.Time, pairs ...*certs.KeyPair) state {
		return state{stored: staged, config: configured(pairs...), seen: sightings{trusted: seenSince(at, pairs...)}}
	}
	later := day0.Add(20 * day)

	for _, tc := range []struct {
		name   string
		policy policy
		state  state
		now    time.Time
		want   step
	}{
		{"an absent Secret gets a new authority", testPolicy(), state{}, day0, renewCA},
		{"an absent Secret is restored from memory", testPolicy(), state{memory: young}, day0, restore},
		{"an absent Secret is not written again when the configuration went too", testPolicy(),
			state{absent: true, memory: young, served: served{leaf: young.leaf, authority: young.authority}, config: configuration{known: true}}, day0, keep},
		{"an absent Secret is written before the configuration is there", testPolicy(), state{absent: true, config: configuration{known: true}}, day0, renewCA},
		{"an absent Secret is restored while the configuration is there", testPolicy(),
			state{absent: true, memory: young, served: served{leaf: young.leaf, authority: young.authority}, config: configured(young.authority)}, day0, restore},
		{"an expired memory is not restored", testPolicy(), state{memory: young}, day0.Add(31 * day), renewCA},
		{"a young ring is kept", testPolicy(), state{stored: young}, day0, keep},
		{"another ring than the remembered one is kept", testPolicy(), state{stored: young, memory: ringAt(day0)}, day0, keep},
		{"a missing leaf is issued", testPolicy(), state{stored: leafless}, day0, issue},
		{"a leaf with other names is issued anew", renamed, state{stored: young}, day0, issue},
		{"a leaf is kept before two thirds of its life", testPolicy(), state{stored: young}, day0.Add(6*day - time.Second), keep},
		{"a leaf is renewed after two thirds of its life", testPolicy(), state{stored: young}, day0.Add(6 * day), issue},
		{"a leaf that ends with its authority is not renewed in vain", testPolicy(),
			state{stored: ring{capped.authority, staged.successor, capped.leaf}, config: configured()}, day0.Add(29 * day), keep},
		{"a successor is staged after two thirds of the authority's life", testPolicy(), state{stored: young.withLeaf(later)}, later, stage},
		{"a successor waits while the configuration cannot be read", testPolicy(), state{stored: staged}, later, keep},
		{"a successor waits while the configuration does not have it", testPolicy(), trusting(later, young.authority), later.Add(time.Hour), keep},
		{"a successor waits until it is trusted for a minute", testPolicy(), trusting(later, young.authority, staged.successor), later.Add(59 * time.Second), keep},
		{"a successor that is trusted for a minute is promoted", testPolicy(), trusting(later, young.authority, staged.successor), later.Add(time.Minute), promote},
		{"a successor is promoted at once where nobody calls", testPolicy(), state{stored: staged, config: configuration{known: true}}, later, promote},
		{"a successor is promoted when the authority has expired", testPolicy(), state{stored: staged}, day0.Add(31 * day), promote},
		{"an expired ring gets a new authority", testPolicy(), state{stored: young}, day0.Add(31 * day), renewCA},
		{"an expired successor is staged anew", testPolicy(),
			state{stored: ring{staged.successor, young.authority, ring{authority: staged.successor}.withLeaf(day0.Add(45 * day)).leaf}}, day0.Add(45 * day), stage},
		{"what cannot be read beside a good ring is removed", testPolicy(), state{stored: young, damaged: true}, day0, clean},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.policy.secret(tc.state, tc.now); got.step != tc.want {
				t.Errorf("got %s (%s), want %s", got.step, got.why, tc.want)
			}
		})
	}
}

func TestPlanForServing(t *testing.T) {
	old, foreign := ringAt(day0), ringAt(day0)
	renewed := old.withLeaf(day0.Add(6 * day))
	serving := served{leaf: old.leaf, authority: old.authority}
	now := day0.Add(6 * day)
	trusted := sightings{trusted: seenSince(now.Add(-time.Minute), foreign.authority)}

	for _, tc := range []struct {
		name  string
		state state
		now   time.Time
		want  bool
	}{
		{"nothing stored, nothing changes", state{served: serving}, now, false},
		{"the first certificate is served at once", state{stored: old}, now, true},
		{"the same certificate is no change", state{stored: old, served: serving}, now, false},
		{"a renewed leaf of the same authority is served at once", state{stored: renewed, served: serving}, now, true},
		{"a leaf of an unknown authority waits", state{stored: foreign, served: serving, config: configured(old.authority)}, now, false},
		{"a leaf of an authority that is trusted just now waits", state{stored: foreign, served: serving,
			config: configured(foreign.authority), seen: sightings{trusted: seenSince(now, foreign.authority)}}, now, false},
		{"a leaf of an authority that is trusted long enough is served", state{stored: foreign, served: serving, config: configured(foreign.authority), seen: trusted}, now, true},
		{"it waits while the configuration cannot be read", state{stored: foreign, served: serving, seen: trusted}, now, false},
		{"any certificate replaces an expired one", state{stored: foreign.withLeaf(day0.Add(9 * day)), served: serving}, day0.Add(10 * day), true},
		{"an expired certificate does not replace a good one", state{stored: old, served: served{leaf: renewed.leaf, authority: renewed.authority}}, day0.Add(10 * day), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := testPolicy().serve(tc.state, tc.now); got != tc.want {
				t.Errorf("got %t, want %t", got, tc.want)
			}
		})
	}
}

func TestPlanForBundles(t *testing.T) {
	own, other := ringAt(day0), authorityAt(day0)
	next := own
	next.successor = authorityAt(day0)
	elsewhere := served{leaf: own.leaf, authority: other}
	fresh := sightings{foreign: seenSince(day0, other)}
	damaged := configured(own.authority)
	damaged.hooks[1].bundle = []byte("junk")

	for _, tc := range []struct {
		name  string
		state state
		now   time.Time
		want  []*certs.KeyPair // of each webhook that is written
		count int
	}{
		{"an empty bundle gets our authority", state{stored: own, config: configured()}, day0, []*certs.KeyPair{own.authority}, 2},
		{"a right bundle is not written", state{stored: own, config: configured(own.authority)}, day0, nil, 0},
		{"only the damaged webhook is written", state{stored: own, config: damaged}, day0, []*certs.KeyPair{own.authority}, 1},
		{"a successor is added", state{stored: next, config: configured(own.authority)}, day0, []*certs.KeyPair{own.authority, next.successor}, 2},
		{"the authority of what is served stays", state{stored: own, served: elsewhere, config: configured(own.authority)}, day0, []*certs.KeyPair{own.authority, other}, 2},
		{"a foreign certificate stays during the overlap", state{stored: own, config: configured(own.authority, other), seen: fresh}, day0.Add(59 * time.Minute), nil, 0},
		{"a foreign certificate goes after the overlap", state{stored: own, config: configured(own.authority, other), seen: fresh}, day0.Add(time.Hour), []*certs.KeyPair{own.authority}, 2},
		{"a lost Secret leaves the remembered authority", state{memory: own, config: configured()}, day0, []*certs.KeyPair{own.authority}, 2},
		{"without an authority nothing is written", state{config: configured(other), seen: fresh}, day0.Add(2 * time.Hour), nil, 0},
		{"an absent configuration is not written", state{stored: own, config: configuration{known: true}}, day0, nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := testPolicy().bundles(tc.state, tc.now)
			if len(got) != tc.count {
				t.Fatalf("%d webhooks are written, want %d", len(got), tc.count)
			}
			var want []*x509.Certificate
			for _, pair := range tc.want {
				want = append(want, pair.Leaf())
			}
			for _, h := range got {
				if !certs.SameBundle(h.bundle, want) {
					t.Errorf("webhook %s gets\n%s", h.name, h.bundle)
				}
			}
		})
	}
}

func TestSightings(t *testing.T) {
	own, other := authorityAt(day0), authorityAt(day0)
	ours := []*x509.Certificate{own.Leaf()}
	key := func(p *certs.KeyPair) string { return string(p.Leaf().Raw) }

	first := sightings{}.observe(configured(own, other), ours, day0)
	if _, foreign := first.foreign[key(own)]; foreign || !first.foreign[key(other)].Equal(day0) {
		t.Errorf("only the other one is foreign, got %d", len(first.foreign))
	}
	second := first.observe(configured(own), ours, day0.Add(time.Hour))
	if !second.trusted[key(own)].Equal(day0) || len(second.trusted) != 1 || len(second.foreign) != 0 {
		t.Error("what stays keeps its time, and what goes is forgotten")
	}
	half := configured(own)
	half.hooks[0].bundle = nil
	if third := second.observe(half, ours, day0); len(third.trusted) != 0 {
		t.Error("one webhook of two is not trust")
	}
	if unread := second.observe(configuration{}, ours, day0); len(unread.trusted) != 1 {
		t.Error("a configuration that was not read changed what was seen")
	}
}

func TestIssueKeepsTheNamesOfOtherReplicas(t *testing.T) {
	renamed := testPolicy()
	renamed.dnsNames = []string{"new.svc"}
	got := must(renamed.apply(issue, state{stored: ringAt(day0)}, day0))
	if err := got.leaf.Serves([]string{"new.svc", serviceName}); err != nil {
		t.Error(err)
	}
	again := must(renamed.apply(issue, state{stored: got}, day0))
	if err := again.leaf.Serves([]string{serviceName}); err == nil {
		t.Error("a plain renewal keeps the old name for ever")
	}
}
