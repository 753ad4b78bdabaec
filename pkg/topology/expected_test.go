package topology_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

func TestAServiceWithAnnotationsForAnALBExpectsOne(t *testing.T) {
	ofService := func(annotation, value string, kind corev1.ServiceType) topology.Sources {
		return alone(service(func(s *corev1.Service) {
			s.Spec.Type = kind
			s.Annotations[annotation] = value
		}))
	}
	const path = lbc + "healthcheck-path"
	ipByDefault := ofService(path, "/ok", corev1.ServiceTypeNodePort)
	ipByDefault.Options.DefaultTargetType = "ip"
	reached := sources(func(s *topology.Sources) { s.Services[0].Annotations[path] = "/ok" })
	unclear := sources(func(s *topology.Sources) {
		s.Services[0].Annotations[path] = "/ok"
		s.Ingresses = []*networkingv1.Ingress{ingress(className("missing"))}
	})
	for _, tc := range []struct {
		name string
		src  topology.Sources
		want topology.Kind
	}{
		{"with node ports, of the controller's default type", ofService(path, "/ok", corev1.ServiceTypeNodePort), topology.ALBInstance},
		{"with another default type", ipByDefault, topology.ALBIP},
		{"with a target type of its own", ofService(lbc+"target-type", "ip", corev1.ServiceTypeNodePort), topology.ALBIP},
		{"without node ports", ofService(path, "/ok", corev1.ServiceTypeClusterIP), topology.ALBIP},
		{"with other annotations only", ofService("example.com/x", "", corev1.ServiceTypeNodePort), ""},
		{"that an Ingress leads to", reached, ""},
		{"that something unreadable leads to", unclear, ""},
	} {
		var want []topology.Expected
		if tc.want != "" {
			want = []topology.Expected{{Service: "web", Kind: tc.want}}
		}
		if diff := cmp.Diff(want, exposure(tc.src).Expected); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.name, diff)
		}
	}
}
