package apiserver

import (
	"strings"
	"testing"
)

// TestWhoMovesToServerSideApplyLosesNothing: kubectl, Helm and Argo CD hand the fields of
// client-side apply over to server-side apply (client-go util/csaupgrade), API defaults among
// them. The next apply of a manifest without them takes them away, and that is nobody's wish.
func TestWhoMovesToServerSideApplyLosesNothing(t *testing.T) {
	clientSide := func(s *shop, m string) { s.kubectl(m, "apply", "-f", "-") }
	serverSide := func(s *shop, m string) { s.kubectl(m, "apply", "--server-side", "-f", "-") }
	for name, tc := range map[string]struct{ from, to func(*shop, string) }{
		"kubectl": {clientSide, serverSide},
		"kubectl, taking over what others own": {clientSide, func(s *shop, m string) {
			s.kubectl(m, "apply", "--server-side", "--force-conflicts", "-f", "-")
		}},
		"Helm": {helm("--server-side=false"), helm("--server-side=true", "--force-conflicts")},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			tc.from(s, s.bare())
			before := s.get()
			tc.to(s, s.bare())
			s.sameTemplate(before, "the first server-side apply")
			expect(t, s.get(), byContract())
			tc.to(s, s.bare())
			expect(t, s.get(), byContract())
			tc.to(s, strings.Replace(s.bare(), "registry.example/web:1", "registry.example/web:2", 1))
			expect(t, s.get(), byContract())
		})
		t.Run(name+", with a value of one's own", func(t *testing.T) {
			s := newShop(t, enabled, annotations)
			for _, value := range []string{"1", "25%"} {
				tc.from(s, s.explicit(value))
				tc.to(s, s.explicit(value))
				if got := guardedOf(s.get()).MaxUnavailable; got != value && value == "1" {
					t.Errorf("maxUnavailable %s, which its author wrote as %s", got, value)
				}
			}
		})
	}
}

// TestADefaultThatIsPatchedOverOursStaysItsAuthors, also in the eyes of a real API server, which
// tells whose it is, and of minReadySeconds cannot: 0 is not stored.
func TestADefaultThatIsPatchedOverOursStaysItsAuthors(t *testing.T) {
	s := newShop(t, enabled, annotations)
	s.kubectl(s.bare(), "apply", "--server-side", "-f", "-")
	s.kubectl("", "patch", "deployment", "web", "-n", s.name, "-p", `{"spec":{"minReadySeconds":0,"strategy":{"rollingUpdate":{"maxUnavailable":"25%"}}}}`)
	for i, moment := range []string{"the patch", "the next rollout"} {
		if i > 0 {
			s.kubectl("", "rollout", "restart", "deployment/web", "-n", s.name)
		}
		if got := guardedOf(s.get()); got.MaxUnavailable != "25%" || got.MinReady != 0 {
			t.Errorf("after %s: maxUnavailable %s, minReadySeconds %d", moment, got.MaxUnavailable, got.MinReady)
		}
	}
}
