package cluster

import (
	"testing"

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
		tc.happens(onAny(func(before, after metav1.Object) {
			if after == nil {
				after = before
			}
			got = append(got, after.GetName())
		}))
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
	namespace, settings := full(), kept()
	namespace.Annotations["rollguard.io/profile"] = "careful"
	settings.Annotations = map[string]string{"rollguard.io/profile": "careful"}
	for name, tc := range map[string]struct{ object, want runtime.Object }{
		"an IngressClass": {
			&networkingv1.IngressClass{ObjectMeta: full(), Spec: networkingv1.IngressClassSpec{Controller: "x"}},
			&networkingv1.IngressClass{ObjectMeta: kept(), Spec: networkingv1.IngressClassSpec{Controller: "x"}},
		},
		"a namespace":           {&metav1.PartialObjectMetadata{ObjectMeta: namespace}, &metav1.PartialObjectMetadata{ObjectMeta: settings}},
		"one with nothing more": {&networkingv1.IngressClass{}, &networkingv1.IngressClass{}},
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
	tombstone := toolscache.DeletedFinalStateUnknown{Key: "shop/web", Obj: &networkingv1.IngressClass{ObjectMeta: full()}}
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
