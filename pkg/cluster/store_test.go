package cluster

import (
	"errors"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	toolscache "k8s.io/client-go/tools/cache"
)

// services is a store with the namespaces that it told of changes in.
func services() (s *store[*corev1.Service], told *[]string) {
	told = new([]string)
	return newServices(func(namespace string, _ ...topic) { *told = append(*told, namespace) }, zap.NewNop()), told
}

func namesIn(s *store[*corev1.Service], namespace string) []string {
	var out []string
	for _, svc := range s.in(namespace) {
		out = append(out, svc.Name)
	}
	slices.Sort(out)
	return out
}

func serviceIn(namespace, name string) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func TestAStoreHoldsWhatTheReflectorGivesIt(t *testing.T) {
	s, told := services()
	steps := []struct {
		name string
		do   func() error
		want []string
		told []string
	}{
		{"an event before the first list", func() error { return s.Add(serviceIn("shop", "early")) }, []string{"early"}, []string{"shop"}},
		{"the first list", func() error { return s.Replace([]any{serviceIn("shop", "a"), serviceIn("lab", "x")}, "1") }, []string{"a"}, []string{"shop", "lab", "shop"}},
		{"a new one", func() error { return s.Add(serviceIn("shop", "b")) }, []string{"a", "b"}, []string{"shop"}},
		{"the same again", func() error { return s.Update(serviceIn("shop", "b")) }, []string{"a", "b"}, nil},
		{"a deletion", func() error { return s.Delete(serviceIn("shop", "a")) }, []string{"b"}, []string{"shop"}},
		{"a deletion of nothing", func() error { return s.Delete(serviceIn("shop", "a")) }, []string{"b"}, nil},
		{"a list in which a deletion was missed", func() error { return s.Replace([]any{serviceIn("lab", "x")}, "2") }, nil, []string{"shop"}},
	}
	for _, step := range steps {
		*told = nil
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := namesIn(s, "shop"); !slices.Equal(got, step.want) || !slices.Equal(*told, step.told) {
			t.Errorf("%s: in shop %v, told %v", step.name, got, *told)
		}
	}
	if got := namesIn(s, "lab"); !slices.Equal(got, []string{"x"}) {
		t.Errorf("in lab %v", got)
	}
}

func TestAStoreIsReadyAfterTheFirstList(t *testing.T) {
	s, _ := services()
	if s.Add(serviceIn("shop", "a")) != nil || s.ready() {
		t.Error("ready before the list")
	}
	if s.Replace(nil, "1") != nil || !s.ready() {
		t.Error("not ready after an empty list")
	}
}

func TestWhatIsListedAgainIsNotInMemoryTwice(t *testing.T) {
	s, told := services()
	listed := func(change func(*corev1.Service)) any {
		svc := serviceIn("shop", "a")
		svc.ResourceVersion, svc.Labels = "9", map[string]string{"a": "b"}
		change(svc)
		out, err := s.Transformer()(svc)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if err := s.Add(serviceIn("shop", "a")); err != nil {
		t.Fatal(err)
	}
	kept := s.in("shop")[0]
	same := listed(func(*corev1.Service) {})
	if same != any(trimmed[*corev1.Service]{kept}) {
		t.Error("a copy of what is there")
	}
	if again, _ := s.Transformer()(same); again != same {
		t.Error("what is kept is trimmed, while graphs read it")
	}
	*told = nil
	if s.Replace([]any{same}, "2") != nil || len(*told) > 0 || s.in("shop")[0] != kept {
		t.Errorf("the same list again: told %v", *told)
	}
	other := listed(func(svc *corev1.Service) { svc.Spec.Type = corev1.ServiceTypeNodePort })
	if s.Replace([]any{other}, "3") != nil || len(*told) != 1 || s.in("shop")[0].Spec.Type != corev1.ServiceTypeNodePort {
		t.Errorf("a change between two lists: told %v", *told)
	}
}

// A list that comes as a stream is in a store of client-go until it is complete. Trimming
// its objects once more made a second copy of each.
func TestWhatWasTrimmedOnItsWayIsKeptAsItIs(t *testing.T) {
	s, _ := services()
	list := toolscache.NewStore(toolscache.MetaNamespaceKeyFunc, toolscache.WithTransformer(s.Transformer()))
	if err := list.Add(serviceIn("shop", "a")); err != nil {
		t.Fatal(err)
	}
	if err := s.Replace(list.List(), "1"); err != nil {
		t.Fatal(err)
	}
	if there := list.List()[0].(trimmed[*corev1.Service]); s.in("shop")[0] != there.object {
		t.Error("a copy of what was listed")
	}
}

func TestAStoreTakesNoOtherKind(t *testing.T) {
	s, told := services()
	for _, err := range []error{s.Add("a"), s.Update(nil), s.Delete(&networkingv1.Ingress{}), s.Replace([]any{7}, "1")} {
		if err == nil {
			t.Error("something that is no Service is taken")
		}
	}
	if got, err := s.Transformer()("a"); got != "a" || err != nil {
		t.Errorf("a word became %v, error %v", got, err)
	}
	if len(*told) > 0 || s.ready() {
		t.Errorf("told %v, ready %t", *told, s.ready())
	}
}

func TestOnlyAChangeOfWhatIsReadIsTold(t *testing.T) {
	class, other := "alb", "nginx"
	ingress := func(change func(*networkingv1.Ingress)) *networkingv1.Ingress {
		i := &networkingv1.Ingress{ObjectMeta: full(), Spec: networkingv1.IngressSpec{IngressClassName: &class}}
		i.ResourceVersion, i.UID = "1", "1"
		change(i)
		return i
	}
	for name, tc := range map[string]struct {
		change func(*networkingv1.Ingress)
		want   bool
	}{
		"nothing": {func(*networkingv1.Ingress) {}, false},
		"the status": {func(i *networkingv1.Ingress) {
			i.ResourceVersion = "9"
			i.Status.LoadBalancer.Ingress = make([]networkingv1.IngressLoadBalancerIngress, 1)
		}, false},
		"a certificate":        {func(i *networkingv1.Ingress) { i.Generation++; i.Spec.TLS = make([]networkingv1.IngressTLS, 1) }, false},
		"a foreign annotation": {func(i *networkingv1.Ingress) { i.Annotations["team"] = "x" }, false},
		"a foreign finalizer":  {func(i *networkingv1.Ingress) { i.Finalizers = nil }, false},
		"a label":              {func(i *networkingv1.Ingress) { i.Labels = nil }, false},
		"the class":            {func(i *networkingv1.Ingress) { i.Spec.IngressClassName = &other }, true},
		"an annotation":        {func(i *networkingv1.Ingress) { i.Annotations["alb.ingress.kubernetes.io/group.name"] = "x" }, true},
		"an NLB's on no Service": {func(i *networkingv1.Ingress) {
			i.Annotations["service.beta.kubernetes.io/aws-load-balancer-type"] = "x"
		}, false},
		"the class annotation": {func(i *networkingv1.Ingress) { i.Annotations["kubernetes.io/ingress.class"] = "alb" }, true},
		"a group's finalizer":  {func(i *networkingv1.Ingress) { i.Finalizers = []string{"group.ingress.k8s.aws/edge"} }, true},
		"a deletion":           {func(i *networkingv1.Ingress) { i.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }, true},
	} {
		told := 0
		i := newIngresses(func(string, ...topic) { told++ }, zap.NewNop())
		if i.Add(ingress(func(*networkingv1.Ingress) {})) != nil || i.Update(ingress(tc.change)) != nil {
			t.Fatal("an Ingress is refused")
		}
		if got := told == 2; got != tc.want {
			t.Errorf("%s: told %d times", name, told)
		}
	}
}

func TestAMissingRightIsLoggedOnceAndWhatWasReadStays(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	s, _ := services()
	s.log = zap.New(core)
	if err := s.Add(serviceIn("shop", "a")); err != nil {
		t.Fatal(err)
	}
	forbidden := apierrors.NewForbidden(schema.GroupResource{}, "", nil)
	for _, err := range []error{errors.New("out of reach"), forbidden, forbidden, nil, nil} {
		if got := s.noted(err); !errors.Is(got, err) {
			t.Errorf("error %v became %v", err, got)
		}
	}
	if logs.Len() != 2 || len(s.in("shop")) != 1 || s.ready() {
		t.Errorf("logs %+v, kept %v", logs.All(), s.in("shop"))
	}
}
