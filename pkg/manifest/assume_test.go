package manifest

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/topology"
)

// TestAClassThatMayNotBeReadIsAssumedOnlyWhereItIsHidden: the role view of Kubernetes lets
// nobody read IngressClasses, and its users must not be told that those do not exist.
func TestAClassThatMayNotBeReadIsAssumedOnlyWhereItIsHidden(t *testing.T) {
	const road = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {alb.ingress.kubernetes.io/target-type: ip}}
spec:
  ingressClassName: CLASS
  defaultBackend: {service: {name: web, port: {number: 80}}}
`
	hidden := map[string]string{IngressClasses: "may not be read"}
	for name, tc := range map[string]struct {
		class  string
		hidden map[string]string
		kind   topology.Kind
		gap    string
		note   string
	}{
		"hidden, and of the usual name": {"alb", hidden, topology.ALBIP, "", "IngressClass alb may not be read by you: it is assumed to be the AWS"},
		"hidden, and of another name":   {"internal", hidden, topology.Service, "names IngressClass internal, which could not be read", ""},
		"not there":                     {"alb", nil, topology.Service, "names IngressClass alb, which does not exist", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSet([]*File{read(t, strings.ReplaceAll(road, "CLASS", tc.class))}, Options{Hidden: tc.hidden, AssumeUnseenClasses: []string{"alb"}})
			for range 2 { // the note is said once
				e := s.Graph("default").Exposure(topology.Pods{Labels: map[string]string{"app": "web"}})
				gap := ""
				for _, g := range e.Gaps {
					gap += g.Reason
				}
				if e.Kind != tc.kind || gap != tc.gap {
					t.Errorf("%s, gap %q", e.Kind, gap)
				}
			}
			s.Graph("other")
			if notes := strings.Join(s.Notes, "; "); !strings.HasPrefix(notes, tc.note) || (tc.note == "") != (notes == "") || len(s.Notes) > 1 {
				t.Errorf("notes: %s", notes)
			}
		})
	}
}
