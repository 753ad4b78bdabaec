package apiserver

import (
	"context"
	"strings"
	"testing"
)

// One Ingress of a group has all HTTP listeners of the load balancer redirect, so nothing
// comes through the other one. That ends by a write in a namespace that Rollguard has
// nothing to do with.
func TestAChangeInOneNamespaceOfAGroupIsSeenInTheOther(t *testing.T) {
	s := newShop(t, enabled, annotations)
	other := &shop{t: t, name: s.name + "-b"}
	other.kubectl(strings.NewReplacer("%[1]s", other.name, "%[2]s", "{}", "%[3]s", " {}").Replace(surroundings), "apply", "-f", "-")
	annotate := func(s *shop, annotations ...string) {
		s.kubectl("", append([]string{"annotate", "ingress", "web", "-n", s.name}, annotations...)...)
	}
	const prefix = "alb.ingress.kubernetes.io/"
	annotate(s, prefix+"group.name="+s.name)
	annotate(other, prefix+"group.name="+s.name, prefix+`listen-ports=[{"HTTP":80},{"HTTPS":443}]`, prefix+"ssl-redirect=443",
		prefix+"certificate-arn=arn:aws:acm:eu-central-1:123456789012:certificate/1")
	probe := strings.Replace(s.bare(), "name: web", "name: probe", 1)
	eventually(t, "the webhook sees that nothing comes through the Ingress", func(context.Context) bool {
		out := s.kubectl(probe, "create", "--dry-run=server", "-o", "yaml", "-f", "-")
		return !strings.Contains(out.Stdout, "minReadySeconds: 25")
	})
	s.kubectl(s.bare(), "apply", "-f", "-")
	s.looked("second") // the loop knows the namespace as it is
	if found := s.events(t.Context(), "web", "RollguardUnguarded"); len(found) > 0 {
		t.Fatalf("reported already: %s", found[0].Note)
	}
	annotate(other, prefix+"ssl-redirect-", prefix+"listen-ports-")
	s.reported("web", "RollguardUnguarded", "ALB Ingress "+s.name+"/web (ip targets)", "minReadySeconds")
}
