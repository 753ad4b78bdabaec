package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/rollguard/rollguard/pkg/topology"
)

// reader has the kinds that the manager's cache keeps.
type reader struct {
	mu      sync.Mutex
	labels  map[string]map[string]string
	classes []networkingv1.IngressClass
}

func (r *reader) Get(_ context.Context, key client.ObjectKey, obj client.Object, _ ...client.GetOption) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	obj.SetLabels(r.labels[key.Name])
	return nil
}

func (r *reader) List(_ context.Context, list client.ObjectList, _ ...client.ListOption) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	list.(*networkingv1.IngressClassList).Items = slices.Clone(r.classes)
	return nil
}

// live is a state that a test feeds as informers do.
type live struct {
	*State

	reader *reader
}

func newLive(t *testing.T, classes ...networkingv1.IngressClass) *live {
	t.Helper()
	r := &reader{labels: map[string]map[string]string{}, classes: classes}
	s := &State{reader: r, log: zap.NewNop(), kinds: &optionalKinds{}}
	s.graphs = newGraphs(topology.Options{}, func() {})
	s.graphs.sources = s.sources
	s.ingresses = newIngresses(s.graphs.forget, s.log)
	s.services = newServices(s.graphs.forget, s.log)
	return &live{State: s, reader: r}
}

// params adds the class parameters that a manifest describes.
func (l *live) params(t *testing.T, manifest string) {
	t.Helper()
	w := newKindWatch(kindNamed(t, "IngressClassParams (elbv2.k8s.aws)"), nil, reactions{}, zap.NewNop())
	store := toolscache.NewIndexer(toolscache.MetaNamespaceKeyFunc, toolscache.Indexers{toolscache.NamespaceIndex: toolscache.MetaNamespaceIndexFunc})
	decoded, err := w.decode(object(t, manifest))
	if err != nil || store.Add(decoded) != nil {
		t.Fatalf("%v, error %v", decoded, err)
	}
	w.looked, w.open = true, &opened{version: "v1beta1", store: store, synced: true}
	l.kinds.watches = append(l.kinds.watches, w)
}

// label changes the labels of a namespace.
func (l *live) label(namespace string, labels map[string]string) {
	meta := func(labels map[string]string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: namespace, Labels: labels}}
	}
	l.reader.mu.Lock()
	before := l.reader.labels[namespace]
	l.reader.labels[namespace] = labels
	l.reader.mu.Unlock()
	l.event(meta(before), meta(labels))
}

// application has a Service behind an Ingress named web.
func (l *live) application(t *testing.T, namespace string, change ...func(*networkingv1.Ingress)) {
	t.Helper()
	src := served(namespace, "web")
	if l.services.Add(src.Services[0]) != nil || l.ingresses.Add(member(namespace, change...)) != nil {
		t.Fatal("an object is refused")
	}
}

// member is an Ingress of class alb in no group.
func member(namespace string, change ...func(*networkingv1.Ingress)) *networkingv1.Ingress {
	ing := served(namespace, "web").Ingresses[0]
	class := "alb"
	ing.Annotations, ing.Spec.IngressClassName = map[string]string{}, &class
	for _, c := range change {
		c(ing)
	}
	return ing
}

func group(name string) func(*networkingv1.Ingress) { return set("group.name", name) }

func set(name, value string) func(*networkingv1.Ingress) {
	return func(i *networkingv1.Ingress) { i.Annotations["alb.ingress.kubernetes.io/"+name] = value }
}

func formerly(name string) func(*networkingv1.Ingress) {
	return func(i *networkingv1.Ingress) { i.Finalizers = []string{"group.ingress.k8s.aws/" + name} }
}

func classNamed(name string) func(*networkingv1.Ingress) {
	return func(i *networkingv1.Ingress) {
		i.Spec.IngressClassName = &name
		if name == "" {
			i.Spec.IngressClassName = nil
		}
	}
}

func albClass(name string, change ...func(*networkingv1.IngressClass)) networkingv1.IngressClass {
	c := networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: networkingv1.IngressClassSpec{Controller: topology.ControllerLBC}}
	for _, apply := range change {
		apply(&c)
	}
	return c
}

func byDefault(c *networkingv1.IngressClass) {
	c.Annotations = map[string]string{"ingressclass.kubernetes.io/is-default-class": "true"}
}

func withParams(c *networkingv1.IngressClass) {
	group := "elbv2.k8s.aws"
	c.Spec.Parameters = &networkingv1.IngressClassParametersReference{APIGroup: &group, Kind: "IngressClassParams", Name: c.Name}
}

// doubt is why the route to the Service of a namespace may not be there.
func (l *live) doubt(namespace string) string {
	graph, err := l.graphs.get(context.Background(), namespace, nil)
	if err != nil {
		return err.Error()
	}
	for _, r := range exposure(graph).Routes {
		if r.Maybe != nil {
			return r.Maybe.Because
		}
	}
	return ""
}

func TestAnIngressForgetsTheGraphsOfItsGroupsAndNoOthers(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after *networkingv1.Ingress
		classes       []networkingv1.IngressClass
		gone          string
	}{
		"that stays in its group":           {member("lab", group("edge")), member("lab", group("edge"), set("scheme", "x")), nil, "lab shop"},
		"that joins a group":                {nil, member("lab", group("edge")), nil, "lab shop"},
		"that leaves a group":               {member("lab", group("edge")), nil, nil, "lab shop"},
		"that changes its group":            {member("lab", group("edge")), member("lab", group("core")), nil, "front lab shop"},
		"that was a member":                 {nil, member("lab", formerly("core")), nil, "front lab"},
		"that is in no group":               {nil, member("lab"), nil, "lab"},
		"that is in a group of its own":     {nil, member("lab", group("own")), nil, "lab"},
		"of a class with a group":           {nil, member("lab", classNamed("grouped")), nil, "front lab"},
		"of a class with another group":     {nil, member("lab", classNamed("other")), nil, "lab"},
		"of the default class in a group":   {nil, member("lab", classNamed("")), []networkingv1.IngressClass{albClass("grouped", byDefault, withParams)}, "front lab"},
		"of a default class in no group":    {nil, member("lab", classNamed("")), []networkingv1.IngressClass{albClass("alb", byDefault)}, "lab"},
		"of two default classes":            {nil, member("lab", classNamed("")), []networkingv1.IngressClass{albClass("a", byDefault), albClass("b", byDefault)}, "alone front lab shop"},
		"of a class, where two are default": {nil, member("lab"), []networkingv1.IngressClass{albClass("a", byDefault), albClass("b", byDefault)}, "lab"},
	} {
		t.Run(name, func(t *testing.T) {
			classes := append([]networkingv1.IngressClass{albClass("alb"), albClass("grouped", withParams), albClass("other")}, tc.classes...)
			l := newLive(t, classes...)
			l.params(t, `{metadata: {name: grouped}, spec: {group: {name: core}}}`)
			l.application(t, "shop", group("edge"))
			l.application(t, "front", group("core"))
			l.application(t, "alone")
			if tc.before != nil && l.ingresses.Add(tc.before) != nil {
				t.Fatal("refused")
			}
			before := map[string]*topology.Graph{}
			for _, namespace := range []string{"alone", "front", "lab", "shop"} {
				before[namespace], _ = l.graphs.get(t.Context(), namespace, nil)
			}
			if tc.after != nil && l.ingresses.Update(tc.after) != nil || tc.after == nil && l.ingresses.Delete(tc.before) != nil {
				t.Fatal("refused")
			}
			var gone []string
			for namespace, graph := range before {
				if after, _ := l.graphs.get(t.Context(), namespace, nil); after != graph {
					gone = append(gone, namespace)
				}
			}
			slices.Sort(gone)
			if got := strings.Join(gone, " "); got != tc.gone {
				t.Errorf("forgets %q, want %q", got, tc.gone)
			}
		})
	}
}

func TestTheIndexForgetsIngressesThatAreGone(t *testing.T) {
	l := newLive(t)
	for _, ing := range []*networkingv1.Ingress{member("lab", group("edge")), member("lab", group("core"), formerly("edge"))} {
		if err := l.ingresses.Add(ing); err != nil {
			t.Fatal(err)
		}
	}
	if l.ingresses.Replace(nil, "1") != nil || len(l.ingresses.tied) != 0 || len(l.ingresses.known) != 0 {
		t.Errorf("left: %v %v", l.ingresses.tied, l.ingresses.known)
	}
}

func TestTheNamespaceOfAMemberDecidesAboutTheGroup(t *testing.T) {
	l := newLive(t, albClass("alb"), albClass("chosen", withParams))
	l.params(t, `{metadata: {name: chosen}, spec: {namespaceSelector: {matchLabels: {team: a}}}}`)
	l.application(t, "shop", group("edge"))
	l.application(t, "lab", group("edge"), classNamed("chosen"), set("scheme", "bad"))
	if got := l.doubt("shop"); got != "" {
		t.Errorf("doubt %q though the class leaves the member out", got)
	}
	l.label("lab", map[string]string{"team": "a"})
	if got := l.doubt("shop"); !strings.Contains(got, "Ingress lab/web") {
		t.Errorf("doubt %q though the class takes the member", got)
	}
	graph, _ := l.graphs.get(t.Context(), "shop", nil)
	l.event(&metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "lab", Labels: map[string]string{"team": "a"}}},
		&metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "lab", Labels: map[string]string{"team": "a"}, Annotations: map[string]string{"a": "b"}}})
	if after, _ := l.graphs.get(t.Context(), "shop", nil); after != graph {
		t.Error("an annotation of a namespace forgets the graphs of others")
	}
}

// The Reflector of a kind is one goroutine, so there is one writer for each kind, and
// after each change the answer must be exactly that of the change.
func TestNoGraphIsOlderThanTheLastEventOfItsGroup(t *testing.T) {
	l := newLive(t, albClass("alb"), albClass("chosen", withParams))
	l.params(t, `{metadata: {name: chosen}, spec: {namespaceSelector: {matchLabels: {team: a}}}}`)
	l.application(t, "shop", group("edge"))
	l.application(t, "front", group("core"))
	l.application(t, "selected", group("core"), classNamed("chosen"), set("scheme", "bad"))
	steps := []struct {
		change []func(*networkingv1.Ingress)
		doubt  string
	}{
		{[]func(*networkingv1.Ingress){group("edge")}, "Ingress lab/web cannot use annotation alb.ingress.kubernetes.io/scheme: \"bad-%d\""},
		{[]func(*networkingv1.Ingress){group("own")}, ""},
		{[]func(*networkingv1.Ingress){classNamed("gone-%d"), formerly("edge")}, "names IngressClass gone-%d"},
		{[]func(*networkingv1.Ingress){classNamed("nginx")}, ""},
	}
	done := make(chan struct{})
	var writers, askers sync.WaitGroup
	writers.Go(func() {
		for n := range 2000 {
			step := steps[n%len(steps)]
			ing := member("lab", append(slices.Clone(step.change), set("scheme", fmt.Sprintf("bad-%d", n)))...)
			classNamed(strings.ReplaceAll(*ing.Spec.IngressClassName, "%d", fmt.Sprint(n)))(ing)
			want := strings.ReplaceAll(step.doubt, "%d", fmt.Sprint(n))
			if err := l.ingresses.Update(ing); err != nil {
				t.Error(err)
			}
			if got := l.doubt("shop"); (want == "") != (got == "") || !strings.Contains(got, want) {
				t.Errorf("change %d: doubt %q, want %q", n, got, want)
				return
			}
		}
	})
	writers.Go(func() {
		for n := range 2000 {
			l.label("selected", map[string]string{"team": string(rune('a' + n%2))})
			if got := l.doubt("front"); (got != "") != (n%2 == 0) {
				t.Errorf("label %d: doubt %q", n, got)
				return
			}
		}
	})
	for _, namespace := range []string{"shop", "front", "lab", "selected", "shop", "front"} {
		askers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					l.doubt(namespace)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	askers.Wait()
}

func TestAServiceForgetsTheGraphOfItsNamespace(t *testing.T) {
	l := newLive(t, albClass("alb"))
	l.application(t, "shop")
	l.application(t, "lab")
	shop, _ := l.graphs.get(t.Context(), "shop", nil)
	lab, _ := l.graphs.get(t.Context(), "lab", nil)
	if l.services.Delete(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}) != nil {
		t.Fatal("refused")
	}
	if after, _ := l.graphs.get(t.Context(), "shop", nil); after == shop || len(exposure(after).Routes) != 0 {
		t.Error("the graph still knows the Service")
	}
	if after, _ := l.graphs.get(t.Context(), "lab", nil); after != lab {
		t.Error("another namespace's graph is gone")
	}
}
