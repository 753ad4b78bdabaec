package selfsigned

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/rollguard/rollguard/certs"
)

// replica returns a Source that is not started, for rounds by hand.
func replica(m *memoryCluster) (*Source, *clocktesting.FakeClock) {
	p, clock := testPolicy(), clocktesting.NewFakeClock(day0)
	return newSource(Options{
		Namespace: "rollguard-system", SecretName: "rollguard-webhook-certs", ConfigurationName: "rollguard",
		DNSNames: p.dnsNames, AuthorityLife: p.authorityLife, LeafLife: p.leafLife,
		Settle: p.settle, Overlap: p.overlap, Recheck: time.Minute,
		Clock: clock, Log: logr.Discard(), OnError: func(error) {},
	}, m), clock
}

func round(t *testing.T, s *Source) {
	t.Helper()
	if err := s.round(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func stored(t *testing.T, m *memoryCluster) ring {
	t.Helper()
	return must(parseRing(m.secret.data))
}

func twoHooks(m *memoryCluster) { m.configure(hook{name: "a"}, hook{name: "b"}) }

func trusts(t *testing.T, m *memoryCluster, want ...*certs.KeyPair) {
	t.Helper()
	for _, h := range m.config.hooks {
		if string(h.bundle) != string(bundleOf(want...)) {
			t.Errorf("webhook %s has another bundle than wanted:\n%s", h.name, h.bundle)
		}
	}
}

func TestFirstRoundMakesEverything(t *testing.T) {
	m := &memoryCluster{}
	twoHooks(m)
	s, _ := replica(m)
	if s.Healthy() == nil {
		t.Error("healthy before the first round")
	}
	round(t, s)
	trusts(t, m, stored(t, m).authority)
	same(t, "served", s.serving.Pair(), stored(t, m).leaf)
	if err := s.Healthy(); err != nil {
		t.Error(err)
	}
	version := m.version
	round(t, s)
	if m.version != version {
		t.Error("the second round wrote something")
	}
}

func TestSecondReplicaTakesWhatTheFirstMade(t *testing.T) {
	m := &memoryCluster{}
	first, _ := replica(m)
	second, _ := replica(m)
	// The first is faster, after the second has seen that there is no Secret.
	m.before = func() { round(t, first) }
	round(t, second)
	same(t, "served by the second", second.serving.Pair(), first.serving.Pair())
}

func TestConfigurationThatAppearsLaterIsWritten(t *testing.T) {
	m := &memoryCluster{}
	s, _ := replica(m)
	round(t, s)
	if err := s.Healthy(); err != nil {
		t.Errorf("an absent configuration stops serving: %v", err)
	}
	twoHooks(m)
	round(t, s)
	trusts(t, m, stored(t, m).authority)
}

func TestDamageIsHealedWithoutAnyChange(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(*memoryCluster)
	}{
		{"the Secret is deleted", func(m *memoryCluster) { m.secret = secret{} }},
		{"the Secret is emptied", func(m *memoryCluster) { m.secret.data = nil }},
		{"the authority's key is damaged", func(m *memoryCluster) { m.secret.data[authorityKey] = []byte("junk") }},
		{"the bundles are emptied", twoHooks},
		{"a bundle is damaged", func(m *memoryCluster) { m.config.hooks[1].bundle = []byte("junk") }},
		{"a successor is damaged", func(m *memoryCluster) { m.secret.data[successorCert] = []byte("junk") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &memoryCluster{}
			twoHooks(m)
			s, _ := replica(m)
			round(t, s)
			before := stored(t, m)
			tc.damage(m)
			round(t, s)
			after := stored(t, m)
			same(t, "authority", after.authority, before.authority)
			same(t, "leaf", after.leaf, before.leaf)
			same(t, "served", s.serving.Pair(), before.leaf)
			trusts(t, m, before.authority)
		})
	}
}

func TestAuthorityIsReplacedInThreeSteps(t *testing.T) {
	m := &memoryCluster{}
	twoHooks(m)
	s, clock := replica(m)
	round(t, s)
	clock.Step(20 * day)
	round(t, s) // the leaf has expired too, and is issued first
	old := stored(t, m)
	if old.successor == nil {
		t.Fatal("no successor was staged")
	}
	trusts(t, m, old.successor, old.authority)
	round(t, s) // sees the bundle
	clock.Step(59 * time.Second)
	round(t, s)
	same(t, "served before the settling is over", s.serving.Pair(), old.leaf)

	clock.Step(time.Second)
	round(t, s)
	now := stored(t, m)
	same(t, "authority", now.authority, old.successor)
	same(t, "served", s.serving.Pair(), now.leaf)
	trusts(t, m, now.authority, old.authority)

	round(t, s) // sees that the old one is not ours any more
	clock.Step(59 * time.Minute)
	round(t, s)
	trusts(t, m, now.authority, old.authority)
	clock.Step(time.Minute)
	round(t, s)
	trusts(t, m, now.authority)
}

func TestFailuresNameWhatFailedAndKeepServing(t *testing.T) {
	forbidden := errors.New("get secret rollguard-system/rollguard-webhook-certs: forbidden")
	m := &memoryCluster{failing: map[string]error{"readSecret": forbidden}}
	s, clock := replica(m)
	s.report(s.round(context.Background()))
	if err := s.Healthy(); err == nil || !strings.Contains(err.Error(), "there is no certificate: get secret rollguard-system/") {
		t.Errorf("got %v", err)
	}
	m.failing = map[string]error{"readConfiguration": errors.New("get configuration: forbidden"), "writeBundles": errors.New("unreachable")}
	if err := s.round(context.Background()); err == nil || !strings.Contains(err.Error(), "get configuration: forbidden") {
		t.Errorf("got %v", err)
	}
	if err := s.Healthy(); err != nil {
		t.Errorf("the Secret is enough to serve: %v", err)
	}
	// More than the authority's life without the configuration: promoted only
	// when there is no choice, and never without a certificate.
	for range 40 {
		clock.Step(day)
		_ = s.round(context.Background())
		if err := s.Healthy(); err != nil {
			t.Fatalf("at %s: %v", clock.Now(), err)
		}
	}
}

func TestRacesThatAreNeverWonEnd(t *testing.T) {
	m := &memoryCluster{failing: map[string]error{"writeSecret": errRaced}}
	s, _ := replica(m)
	if err := s.round(context.Background()); !errors.Is(err, errRaced) {
		t.Errorf("got %v", err)
	}
}
