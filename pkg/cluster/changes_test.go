package cluster

import (
	"context"
	"slices"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

func TestTheListenerHearsWhereAnObjectDecides(t *testing.T) {
	l := newLive(t, albClass("alb"))
	l.application(t, "shop", group("edge"))
	l.graphs.sources = func(ctx context.Context, b *build) (topology.Sources, error) {
		b.dependsOn(objectsIn("infra"))
		return l.sources(ctx, b)
	}
	namespace := func(annotations map[string]string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "lab", Annotations: annotations}}
	}
	service := serviceIn("lab", "web")
	for name, tc := range map[string]struct {
		change func()
		want   []string
	}{
		"a Service":                  {func() { _ = l.services.Add(service); _ = l.services.Delete(service) }, []string{"lab", "lab"}},
		"an Ingress":                 {func() { _ = l.ingresses.Add(member("lab")) }, []string{"lab"}},
		"an Ingress of shop's group": {func() { _ = l.ingresses.Add(member("lab", group("edge"))); _ = l.ingresses.Delete(member("lab")) }, []string{"shop", "lab", "lab"}},
		"a new Namespace":            {func() { l.event(nil, namespace(nil)) }, []string{"lab"}},
		"settings of a Namespace":    {func() { l.event(namespace(nil), namespace(map[string]string{"a": "b"})) }, []string{"lab"}},
		"a class":                    {func() { l.event(nil, &networkingv1.IngressClass{}) }, []string{EveryNamespace}},
		"a Gateway with users":       {func() { l.graphs.forgetObjects("infra") }, []string{"shop", "infra"}},
		"a GatewayClass":             {func() { l.graphs.forgetObjects("") }, []string{EveryNamespace}},
		"a new set-up":               {func() { l.SetTopology(topology.Options{}) }, []string{EveryNamespace}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := l.graphs.peek(t.Context(), "shop", nil); err != nil {
				t.Fatal(err)
			}
			var heard []string
			l.OnChange(func(namespace string) { heard = append(heard, namespace) })
			tc.change()
			l.OnChange(nil)
			tc.change() // nobody listens
			if !slices.Equal(tc.want, heard) {
				t.Errorf("heard %q, want %q", heard, tc.want)
			}
		})
	}
}

func TestALookKeepsNoGraph(t *testing.T) {
	n := newNamespaces()
	looked, err := n.peek(t.Context(), "shop", nil)
	if err != nil || looked == nil || n.builds != 0 || n.known["shop"].graph != nil {
		t.Fatalf("graph %v, error %v, builds %d", looked, err, n.builds)
	}
	kept := n.mustGet(t, "shop", nil)
	if again, err := n.peek(t.Context(), "shop", nil); again != kept || err != nil || n.mustGet(t, "shop", nil) != kept {
		t.Errorf("a look does not use the graph that is there, or throws it away: error %v", err)
	}
}

// Somebody who was told and looks must be told of what changes while he looks: the graph
// that he got may be without it.
func TestAChangeDuringALookIsToldOf(t *testing.T) {
	n := newNamespaces()
	var heard []string
	n.sources = func(_ context.Context, b *build) (topology.Sources, error) {
		b.dependsOn(objectsIn("infra"))
		n.changes.listener = func(namespace string) { heard = append(heard, namespace) }
		n.forgetObjects("infra")
		n.changes.listener = nil
		return served(b.namespace, "web"), nil
	}
	if _, err := n.peek(t.Context(), "shop", nil); err != nil {
		t.Fatal(err)
	}
	if want := []string{"shop", "infra"}; !slices.Equal(want, heard) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}
