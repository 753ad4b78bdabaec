package cluster

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestTheListenerHearsWhereAnObjectDecides(t *testing.T) {
	s := &State{graphs: &graphs{known: map[string]entry{}}}
	in := metav1.ObjectMeta{Namespace: "shop", Name: "web"}
	for name, tc := range map[string]struct {
		change func()
		want   []string
	}{
		"a Service":            {func() { s.event(&corev1.Service{ObjectMeta: in}) }, []string{"shop"}},
		"an Ingress":           {func() { s.event(&networkingv1.Ingress{ObjectMeta: in}) }, []string{"shop"}},
		"a Namespace":          {func() { s.event(&metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}) }, []string{"shop"}},
		"a class":              {func() { s.event(&networkingv1.IngressClass{}) }, []string{EveryNamespace}},
		"a Gateway with users": {func() { s.graphs.forgetReaders("infra") }, []string{"infra", "shop"}},
		"a GatewayClass":       {func() { s.graphs.forgetReaders("") }, []string{EveryNamespace}},
	} {
		t.Run(name, func(t *testing.T) {
			s.graphs.readers = map[string]map[string]struct{}{"infra": {"shop": {}}}
			var heard []string
			s.OnChange(func(namespace string) { heard = append(heard, namespace) })
			tc.change()
			s.OnChange(nil)
			tc.change() // nobody listens
			if !slices.Equal(tc.want, heard) {
				t.Errorf("heard %q, want %q", heard, tc.want)
			}
		})
	}
}
