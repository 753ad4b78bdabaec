package apiserver

import (
	"context"
	"strings"
	"testing"
)

// Two Ingresses share a load balancer, and disagree about it, so its controller makes
// nothing. That ends by a write in a namespace that Rollguard has nothing to do with.
func TestAChangeInOneNamespaceOfAGroupIsSeenInTheOther(t *testing.T) {
	s := newShop(t, enabled, annotations)
	other := &shop{t: t, name: s.name + "-b"}
	other.kubectl(strings.NewReplacer("%[1]s", other.name, "%[2]s", "{}", "%[3]s", " {}").Replace(surroundings), "apply", "-f", "-")
	group := "alb.ingress.kubernetes.io/group.name=" + s.name
	scheme := func(s *shop, scheme string) {
		s.kubectl("", "annotate", "--overwrite", "ingress", "web", "-n", s.name, group, "alb.ingress.kubernetes.io/scheme="+scheme)
	}
	scheme(s, "internal")
	scheme(other, "internet-facing")
	probe := strings.Replace(s.bare(), "name: web", "name: probe", 1)
	eventually(t, "the webhook sees that the group disagrees", func(context.Context) bool {
		out := s.kubectl(probe, "create", "--dry-run=server", "-o", "yaml", "-f", "-")
		return !strings.Contains(out.Stdout, "minReadySeconds: 25")
	})
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.looked("second") // the loop knows the namespace as it is
	if found := s.events(t.Context(), "web", "RollguardUnguarded"); len(found) > 0 {
		t.Fatalf("reported already: %s", found[0].Note)
	}
	scheme(other, "internal")
	s.reported("web", "RollguardUnguarded", "ALB Ingress "+s.name+"/web (ip targets)", "min-ready")
}
