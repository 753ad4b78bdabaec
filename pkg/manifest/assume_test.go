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
	hidden := Options{Hidden: map[string]string{IngressClasses: "may not be read"}}
	const gap, note = "names IngressClass ", "IngressClass "
	for name, tc := range map[string]struct {
		class   string
		options Options
		kind    topology.Kind
		gap     string
		note    string
		settled bool
	}{
		"hidden, and of the usual name":       {"alb", hidden, topology.ALBIP, "", note + "alb may not be read by you: it is assumed to be the AWS", true},
		"hidden, and of another controller's": {"kong", hidden, topology.Service, "", note + "kong may not be read by you: it is assumed to be Kong's (ingress-controllers.konghq.com/kong), which is no load balancer of AWS", true},
		"hidden, and of another name":         {"internal", hidden, topology.Service, gap + "internal, which could not be read", "", false},
		"not in files":                        {"internal", Options{Partial: true}, topology.Service, gap + "internal, which is not in the files", note + "internal is not in the files: add it", false},
		"not in files, of the usual name":     {"nginx", Options{Partial: true}, topology.Service, "", note + "nginx is not in the files: it is assumed to be ingress-nginx's (k8s.io/ingress-nginx)", false},
		"not in the cluster":                  {"alb", Options{}, topology.Service, gap + "alb, which does not exist", "", false},
		"not there, of another controller's":  {"nginx", Options{}, topology.Service, gap + "nginx, which does not exist", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			tc.options.AssumeClasses = []string{"alb"}
			s := NewSet([]*File{read(t, strings.ReplaceAll(road, "CLASS", tc.class))}, tc.options)
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
			if s.ClassesSettled() != tc.settled {
				t.Errorf("settled is not %v", tc.settled)
			}
			if notes := strings.Join(s.Notes, "; "); !strings.HasPrefix(notes, tc.note) || (tc.note == "") != (notes == "") || len(s.Notes) > 1 {
				t.Errorf("notes: %s", notes)
			}
		})
	}
}

func TestWhereTheDefaultClassMayCountIngressClassesAreNotSettled(t *testing.T) {
	const plain = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: named}
spec: {ingressClassName: alb}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: other}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
`
	for text, want := range map[string]bool{
		plain: false,
		strings.Replace(plain, "{name: other}", `{name: other, annotations: {kubernetes.io/ingress.class: ""}}`, 1): true,
	} {
		s := NewSet([]*File{read(t, text)}, Options{Hidden: map[string]string{IngressClasses: "no"}, AssumeClasses: []string{"alb"}})
		s.Graph("default")
		if s.ClassesSettled() != want {
			t.Errorf("settled is not %v: %s", want, text)
		}
	}
}
