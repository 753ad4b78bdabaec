package cluster

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// namespaces are sources that count how often they are read, and graphs of them.
type namespaces struct {
	*graphs
	// reading is called while the sources are read.
	reading func() error
	reads   map[string]int
	builds  int
}

func newNamespaces() *namespaces {
	n := &namespaces{reading: func() error { return nil }, reads: map[string]int{}}
	n.graphs = newGraphs(topology.Options{}, func() { n.builds++ })
	n.sources = func(_ context.Context, b *build) (topology.Sources, error) {
		n.reads[b.namespace]++
		return served(b.namespace, "web"), n.reading()
	}
	return n
}

// served are the sources of a namespace with one Service behind one Ingress.
func served(namespace, service string) topology.Sources {
	return topology.Sources{
		Namespace: namespace,
		Services: []*corev1.Service{{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: service},
			Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort, Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80}}},
		}},
		Ingresses: []*networkingv1.Ingress{{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "web", Annotations: map[string]string{"kubernetes.io/ingress.class": "internal"}},
			Spec: networkingv1.IngressSpec{DefaultBackend: &networkingv1.IngressBackend{
				Service: &networkingv1.IngressServiceBackend{Name: service, Port: networkingv1.ServiceBackendPort{Number: 80}},
			}},
		}},
	}
}

func exposure(g *topology.Graph) topology.Exposure {
	return g.Exposure(topology.Pods{Labels: map[string]string{"app": "web"}})
}

func (n *namespaces) mustGet(t *testing.T, namespace string, labels map[string]string) *topology.Graph {
	t.Helper()
	graph, err := n.get(t.Context(), namespace, labels)
	if err != nil || graph == nil {
		t.Fatalf("graph %v, error %v", graph, err)
	}
	return graph
}

func TestAGraphIsBuiltOnceForEachNamespace(t *testing.T) {
	n := newNamespaces()
	shop, infra := n.mustGet(t, "shop", nil), n.mustGet(t, "infra", nil)
	if shop == infra {
		t.Error("two namespaces have one graph")
	}
	for range 3 {
		if n.mustGet(t, "shop", nil) != shop || n.mustGet(t, "infra", map[string]string{}) != infra {
			t.Error("a graph was built again")
		}
	}
	if n.reads["shop"] != 1 || n.reads["infra"] != 1 || n.builds != 2 {
		t.Errorf("reads %v, builds %d", n.reads, n.builds)
	}
}

func TestAnEventForgetsTheGraphOfItsNamespace(t *testing.T) {
	n := newNamespaces()
	shop, infra := n.mustGet(t, "shop", nil), n.mustGet(t, "infra", nil)
	n.forget("shop")
	n.forget("nobody-asked")
	if n.mustGet(t, "shop", nil) == shop {
		t.Error("the graph of before the event is still there")
	}
	if n.mustGet(t, "infra", nil) != infra || n.builds != 3 {
		t.Errorf("another namespace's graph is gone: reads %v", n.reads)
	}
}

func TestAnEventOfTheClusterForgetsEveryGraph(t *testing.T) {
	n := newNamespaces()
	shop, infra := n.mustGet(t, "shop", nil), n.mustGet(t, "infra", nil)
	n.forgetAll()
	if n.mustGet(t, "shop", nil) == shop || n.mustGet(t, "infra", nil) == infra {
		t.Error("a graph of before the event is still there")
	}
}

func TestAGraphThatWasBuiltDuringAnEventIsKeptOnlyIfThatWasElsewhere(t *testing.T) {
	for name, tc := range map[string]struct {
		event func(*graphs)
		kept  bool
	}{
		"in the namespace":             {func(g *graphs) { g.forget("shop") }, false},
		"of what the graph depends on": {func(g *graphs) { g.forget("infra", labelsOf("infra")) }, false},
		"in the cluster":               {(*graphs).forgetAll, false},
		"a new set-up":                 {func(g *graphs) { g.reconfigure(topology.Options{}) }, false},
		"in another namespace":         {func(g *graphs) { g.forget("infra") }, true},
		"of what others depend on":     {func(g *graphs) { g.forget("infra", labelsOf("lab"), objectsIn("infra")) }, true},
	} {
		n := newNamespaces()
		sources := n.sources
		n.sources = func(ctx context.Context, b *build) (topology.Sources, error) {
			b.dependsOn(labelsOf("infra"))
			return sources(ctx, b)
		}
		n.reading = func() error { tc.event(n.graphs); return nil }
		during := n.mustGet(t, "shop", nil)
		n.reading = func() error { return nil }
		after := n.mustGet(t, "shop", nil)
		if (during == after) != tc.kept || n.mustGet(t, "shop", nil) != after || len(n.building) > 0 {
			t.Errorf("%s: reads %v, being built %d", name, n.reads, len(n.building))
		}
	}
}

func TestAGraphThatGoesLeavesNoTrace(t *testing.T) {
	n := newNamespaces()
	sources := n.sources
	n.sources = func(ctx context.Context, b *build) (topology.Sources, error) {
		b.dependsOn(labelsOf("infra"))
		b.dependsOn(objectsIn("infra"))
		return sources(ctx, b)
	}
	for name, event := range map[string]func(){
		"of its namespace":      func() { n.forget("shop") },
		"of what it depends on": func() { n.forget("infra", objectsIn("infra")) },
		"of the cluster":        n.forgetAll,
	} {
		n.mustGet(t, "shop", nil)
		if len(n.readers) != 2 {
			t.Fatalf("readers %v", n.readers)
		}
		event()
		if len(n.readers) != 0 || len(n.known) != 0 {
			t.Errorf("an event %s leaves readers %v", name, n.readers)
		}
	}
}

func TestOtherLabelsBuildTheGraphAgain(t *testing.T) {
	n := newNamespaces()
	gate := map[string]string{topology.LabelReadinessGate: "enabled"}
	without := n.mustGet(t, "shop", map[string]string{"team": "x"})
	with := n.mustGet(t, "shop", gate)
	if exposure(without).ReadinessGate || !exposure(with).ReadinessGate {
		t.Errorf("readiness gate %t, then %t", exposure(without).ReadinessGate, exposure(with).ReadinessGate)
	}
	if n.mustGet(t, "shop", maps.Clone(gate)) != with {
		t.Error("the same labels build a graph again")
	}
}

func TestTheGraphKnowsHowTheControllerIsSetUp(t *testing.T) {
	n := newNamespaces()
	n.options = topology.Options{ClassAnnotations: []string{"internal"}, DefaultTargetType: "ip"}
	if got := exposure(n.mustGet(t, "shop", nil)).Kind; got != topology.ALBIP {
		t.Errorf("exposure %s", got)
	}
}

func TestAChangedSetUpIsUsedForTheNextQuestion(t *testing.T) {
	n := newNamespaces()
	n.options = topology.Options{ClassAnnotations: []string{"internal"}}
	before := exposure(n.mustGet(t, "shop", nil)).Kind
	n.reconfigure(topology.Options{ClassAnnotations: []string{"internal"}, DefaultTargetType: "ip"})
	if after := exposure(n.mustGet(t, "shop", nil)).Kind; before != topology.ALBInstance || after != topology.ALBIP {
		t.Errorf("exposure %s, then %s", before, after)
	}
}

func TestAnErrorIsReturnedAndNothingIsKept(t *testing.T) {
	n, gone := newNamespaces(), errors.New("gone")
	n.reading = func() error { return gone }
	for range 2 {
		if graph, err := n.get(t.Context(), "shop", nil); graph != nil || !errors.Is(err, gone) {
			t.Errorf("graph %v, error %v", graph, err)
		}
	}
	if n.reads["shop"] != 2 || n.builds != 0 || len(n.known) != 0 {
		t.Errorf("reads %v, builds %d, kept %v", n.reads, n.builds, n.known)
	}
	n.reading = func() error { return nil }
	n.mustGet(t, "shop", nil)
}

func TestNoGraphIsOlderThanTheLastEvent(t *testing.T) {
	var version atomic.Int64
	g := newGraphs(topology.Options{}, func() {})
	g.sources = func(_ context.Context, b *build) (topology.Sources, error) {
		return served(b.namespace, strconv.FormatInt(version.Load(), 10)), nil
	}
	seen := func() int64 {
		graph, err := g.get(t.Context(), "shop", nil)
		if err != nil {
			t.Error(err)
			return 0
		}
		n, _ := strconv.ParseInt(exposure(graph).Routes[0].Service, 10, 64)
		return n
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() { // asks
			for range 2000 {
				seen()
			}
		})
		wait.Go(func() { // changes something and asks
			for range 500 {
				changed := version.Add(1)
				if changed%10 == 0 {
					g.forgetAll()
				} else {
					g.forget("shop")
				}
				if got := seen(); got < changed {
					t.Errorf("after change %d there is a graph of change %d", changed, got)
				}
			}
		})
	}
	wait.Wait()
}
