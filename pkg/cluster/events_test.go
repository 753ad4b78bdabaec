package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	toolscache "k8s.io/client-go/tools/cache"
)

func named(name string) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
}

func TestEveryKindOfChangeIsAnEvent(t *testing.T) {
	for name, tc := range map[string]struct {
		happens func(toolscache.ResourceEventHandler)
		want    []string
	}{
		"an object that was there": {func(h toolscache.ResourceEventHandler) { h.OnAdd(named("a"), true) }, []string{"a"}},
		"a new object":             {func(h toolscache.ResourceEventHandler) { h.OnAdd(named("a"), false) }, []string{"a"}},
		"a change":                 {func(h toolscache.ResourceEventHandler) { h.OnUpdate(named("a"), named("b")) }, []string{"b"}},
		"a deletion":               {func(h toolscache.ResourceEventHandler) { h.OnDelete(named("a")) }, []string{"a"}},
		"a deletion that was missed": {func(h toolscache.ResourceEventHandler) {
			h.OnDelete(toolscache.DeletedFinalStateUnknown{Key: "shop/a", Obj: named("a")})
		}, []string{"a"}},
		"a tombstone of nothing": {func(h toolscache.ResourceEventHandler) {
			h.OnDelete(toolscache.DeletedFinalStateUnknown{Key: "shop/a"})
		}, nil},
		"a tombstone of a word":   {func(h toolscache.ResourceEventHandler) { h.OnDelete(toolscache.DeletedFinalStateUnknown{Obj: "a"}) }, nil},
		"something else entirely": {func(h toolscache.ResourceEventHandler) { h.OnAdd("a", false); h.OnUpdate(nil, 7); h.OnDelete(nil) }, nil},
	} {
		var got []string
		tc.happens(onAny(func(o metav1.Object) { got = append(got, o.GetName()) }))
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// full is metadata of which most is read by nobody.
func full() metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web"},
		Annotations:     map[string]string{lastApplied: "{}", "alb.ingress.kubernetes.io/target-type": "ip"},
		ManagedFields:   []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
		OwnerReferences: []metav1.OwnerReference{{Name: "app"}},
		Finalizers:      []string{"ingress.k8s.aws/resources"},
	}
}

// kept is what is left of it.
func kept() metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web"},
		Annotations: map[string]string{"alb.ingress.kubernetes.io/target-type": "ip"},
	}
}

func TestOnlyWhatIsReadIsCached(t *testing.T) {
	class := "alb"
	ofIngress := kept()
	ofIngress.Finalizers = full().Finalizers
	backend := &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "web"}}
	balancer := corev1.LoadBalancerStatus{Ingress: []corev1.LoadBalancerIngress{{Hostname: "x"}}}
	for name, tc := range map[string]struct{ object, want runtime.Object }{
		"an Ingress": {
			&networkingv1.Ingress{ObjectMeta: full(),
				Spec:   networkingv1.IngressSpec{IngressClassName: &class, DefaultBackend: backend, TLS: []networkingv1.IngressTLS{{SecretName: "x"}}},
				Status: networkingv1.IngressStatus{LoadBalancer: networkingv1.IngressLoadBalancerStatus{Ingress: []networkingv1.IngressLoadBalancerIngress{{Hostname: "x"}}}}},
			&networkingv1.Ingress{ObjectMeta: ofIngress, Spec: networkingv1.IngressSpec{IngressClassName: &class, DefaultBackend: backend}},
		},
		"a Service": {
			&corev1.Service{ObjectMeta: full(), Spec: corev1.ServiceSpec{ClusterIP: "10.0.0.1"}, Status: corev1.ServiceStatus{LoadBalancer: balancer}},
			&corev1.Service{ObjectMeta: kept(), Spec: corev1.ServiceSpec{ClusterIP: "10.0.0.1"}},
		},
		"an IngressClass": {
			&networkingv1.IngressClass{ObjectMeta: full(), Spec: networkingv1.IngressClassSpec{Controller: "x"}},
			&networkingv1.IngressClass{ObjectMeta: kept(), Spec: networkingv1.IngressClassSpec{Controller: "x"}},
		},
		"a namespace":           {&metav1.PartialObjectMetadata{ObjectMeta: full()}, &metav1.PartialObjectMetadata{ObjectMeta: kept()}},
		"one with nothing more": {&networkingv1.Ingress{}, &networkingv1.Ingress{}},
	} {
		for _, round := range []string{"once", "twice"} {
			got, err := CacheOptions().DefaultTransform(tc.object)
			if err != nil || got != any(tc.object) {
				t.Errorf("%s, %s: %v, error %v", name, round, got, err)
			}
			if diff := cmp.Diff(any(tc.want), got); diff != "" {
				t.Errorf("%s, %s: -want +got:\n%s", name, round, diff)
			}
		}
	}
}

func TestWhatIsNoObjectIsCachedAsItIs(t *testing.T) {
	for _, obj := range []any{
		nil, "a", 7, struct{}{},
		toolscache.DeletedFinalStateUnknown{Key: "shop/web"},
		toolscache.DeletedFinalStateUnknown{Key: "shop/web", Obj: "a"},
	} {
		if got, err := strip(obj); err != nil || got != obj {
			t.Errorf("%v became %v, error %v", obj, got, err)
		}
	}
	tombstone := toolscache.DeletedFinalStateUnknown{Key: "shop/web", Obj: &corev1.Service{ObjectMeta: full()}}
	got, err := strip(tombstone)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(any(tombstone), got); diff != "" {
		t.Errorf("a tombstone: -want +got:\n%s", diff)
	}
}

func TestAReadOfWhatIsNotWatchedIsAnError(t *testing.T) {
	if !CacheOptions().ReaderFailOnMissingInformer {
		t.Error("a read would start a watch")
	}
}

func TestTheSourcesAreTheListedObjectsThemselves(t *testing.T) {
	l := &listed{}
	l.ingresses.Items = make([]networkingv1.Ingress, 4)
	l.ingresses.Items[0].Namespace, l.ingresses.Items[1].Namespace, l.ingresses.Items[2].Namespace, l.ingresses.Items[3].Namespace = "lab", "shop", "lab", "shop"
	l.services.Items = make([]corev1.Service, 3)
	l.classes.Items = make([]networkingv1.IngressClass, 1)
	asked := 0
	src := l.sources("shop", func(namespace string) map[string]string {
		asked++
		return map[string]string{"name": namespace}
	})
	if len(src.Ingresses) != 2 || len(src.Neighbours) != 2 || len(src.Services) != 3 || len(src.Classes) != 1 {
		t.Fatalf("sources %+v", src)
	}
	if src.Ingresses[1] != &l.ingresses.Items[3] || src.Neighbours[1].Ingress != &l.ingresses.Items[2] || src.Services[2] != &l.services.Items[2] || src.Classes[0] != &l.classes.Items[0] {
		t.Error("an object was copied, or is in the wrong place")
	}
	if src.Neighbours[0].NamespaceLabels["name"] != "lab" || asked != 1 {
		t.Errorf("labels %v, asked for %d times", src.Neighbours[0].NamespaceLabels, asked)
	}
}

func TestAnUpdateOfTheStatusAloneIsNoEvent(t *testing.T) {
	ingress := func(change func(*networkingv1.Ingress)) *networkingv1.Ingress {
		i := &networkingv1.Ingress{ObjectMeta: full()}
		i.UID, i.Generation = "1", 3
		change(i)
		return i
	}
	before := ingress(func(*networkingv1.Ingress) {})
	for name, tc := range map[string]struct {
		change func(*networkingv1.Ingress)
		want   bool
	}{
		"nothing":       {func(*networkingv1.Ingress) {}, false},
		"the status":    {func(i *networkingv1.Ingress) { i.ResourceVersion, i.Status.LoadBalancer.Ingress = "9", nil }, false},
		"the spec":      {func(i *networkingv1.Ingress) { i.Generation = 4 }, true},
		"an annotation": {func(i *networkingv1.Ingress) { i.Annotations["alb.ingress.kubernetes.io/group.name"] = "x" }, true},
		"a finalizer":   {func(i *networkingv1.Ingress) { i.Finalizers = nil }, true},
		"a deletion":    {func(i *networkingv1.Ingress) { i.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }, true},
		"another of that name, as its deletion was missed": {func(i *networkingv1.Ingress) { i.UID = "2" }, true},
	} {
		got := false
		unlessStatus(onAny(func(metav1.Object) { got = true })).OnUpdate(before, ingress(tc.change))
		if got != tc.want {
			t.Errorf("%s: event %t", name, got)
		}
	}
	count := 0
	h := unlessStatus(onAny(func(metav1.Object) { count++ }))
	h.OnAdd(before, true)
	h.OnDelete(before)
	h.OnUpdate(named("a"), named("a"))
	if count != 3 {
		t.Errorf("%d of 3 events", count)
	}
}
