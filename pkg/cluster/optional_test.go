package cluster

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/rollguard/rollguard/pkg/topology"
)

// watchOf is a watch of bindings that was opened by hand, with what it logs and how
// often it made graphs go.
func watchOf(t *testing.T) (w *kindWatch, o *opened, logs *observer.ObservedLogs, resets *int) {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	resets = new(int)
	w = newKindWatch(kindNamed(t, "TargetGroupBinding (elbv2.k8s.aws)"), nil,
		reactions{event: func(string) {}, reset: func() { *resets++ }, vanished: func() {}}, zap.New(core))
	o = &opened{version: "v1beta1"}
	w.looked, w.open = true, o
	return w, o, logs, resets
}

func TestAMissingRightHidesAKindAtOnceAndIsLoggedOnce(t *testing.T) {
	w, o, logs, resets := watchOf(t)
	if w.settled() || w.hidden() != beingRead {
		t.Fatalf("hidden %q", w.hidden())
	}
	forbidden := apierrors.NewForbidden(schema.GroupResource{}, "", nil)
	for range 5 {
		w.note(t.Context(), o, forbidden)
	}
	if !w.settled() || w.hidden() != "cannot be read: Rollguard lacks the right to list and watch them" {
		t.Errorf("settled %v, hidden %q", w.settled(), w.hidden())
	}
	if logs.Len() != 1 || *resets != 1 {
		t.Errorf("resets %d, logs %+v", *resets, logs.All())
	}
	o.synced = true
	w.note(t.Context(), o, nil)
	if w.hidden() != "" || logs.Len() != 2 || *resets != 2 {
		t.Errorf("the right is back: hidden %q, resets %d, logs %+v", w.hidden(), *resets, logs.All())
	}
}

func TestAHiccupHidesNothing(t *testing.T) {
	w, o, logs, _ := watchOf(t)
	broken := apierrors.NewInternalError(errors.New("conversion webhook"))
	w.note(t.Context(), o, broken)
	w.note(t.Context(), o, broken)
	if w.settled() || logs.Len() > 0 {
		t.Errorf("two failures settle the kind, logs %+v", logs.All())
	}
	w.note(t.Context(), o, broken)
	if !w.settled() || w.hidden() == "" {
		t.Error("a kind that stays unreadable keeps the replica from serving")
	}
	w.note(t.Context(), o, nil)
	o.synced = true
	for range 5 { // the API server restarts
		w.note(t.Context(), o, errors.New("connection refused"))
	}
	if w.hidden() != "" {
		t.Errorf("what was read is hidden: %q", w.hidden())
	}
}

func TestAKindThatVanishesIsLookedForAtOnce(t *testing.T) {
	w, o, _, _ := watchOf(t)
	looks := 0
	w.vanished = func() { looks++ }
	w.note(t.Context(), o, apierrors.NewNotFound(schema.GroupResource{}, "x"))
	if looks != 1 {
		t.Errorf("%d looks", looks)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	w.note(ctx, o, errors.New("context canceled"))
	if o.trouble != "" || o.failures != 1 {
		t.Errorf("closing counts as trouble: %+v", o)
	}
}

// object is a binding as an API server gives it.
func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	u := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &u.Object); err != nil {
		t.Fatal(err)
	}
	return u
}

const bindingText = `
apiVersion: elbv2.k8s.aws/v1beta1
kind: TargetGroupBinding
metadata:
  {namespace: shop, name: own, uid: x, resourceVersion: "7", generation: 2, labels: {a: b}, annotations: {big: text}, finalizers: [f],
   managedFields: [{manager: m}], ownerReferences: [{name: o}]}
spec: {serviceRef: {name: web, port: http}, targetType: ip, targetGroupProtocol: HTTP, vpcID: x, networking: {ingress: []}}
status: {observedGeneration: 1}
`

func TestOfAnOptionalObjectOnlyWhatIsUsedIsKept(t *testing.T) {
	w := newKindWatch(kindNamed(t, "TargetGroupBinding (elbv2.k8s.aws)"), nil, reactions{}, zap.NewNop())
	got, err := w.decode(object(t, bindingText))
	if err != nil {
		t.Fatal(err)
	}
	want := new(topology.TargetGroupBinding)
	want.ObjectMeta = metav1.ObjectMeta{Namespace: "shop", Name: "own", ResourceVersion: "7", Generation: 2, Labels: map[string]string{"a": "b"}}
	want.Spec.ServiceRef.Name, want.Spec.TargetType, want.Spec.TargetGroupProtocol = "web", "ip", "HTTP"
	want.Spec.ServiceRef.Port.Type, want.Spec.ServiceRef.Port.StrVal = 1, "http"
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if again, err := w.decode(got); again != got || err != nil {
		t.Errorf("decoded twice: %v %v", again, err)
	}
}

func TestAnObjectThatCannotBeDecodedIsKeptAsThat(t *testing.T) {
	w := newKindWatch(kindNamed(t, "TargetGroupBinding (elbv2.k8s.aws)"), nil, reactions{}, zap.NewNop())
	u := object(t, bindingText)
	u.Object["spec"] = "everything"
	got, err := w.decode(u)
	unreadable, ok := got.(*topology.Unreadable)
	if err != nil || !ok || unreadable.Namespace != "shop" || unreadable.Name != "own" || unreadable.Reason != "field spec is a text where an object is expected" {
		t.Errorf("%+v, error %v", got, err)
	}
}

func TestAChangeOfTheStatusIsNoEvent(t *testing.T) {
	meta := func(generation int64, labels map[string]string, deleted bool) *topology.Gateway {
		g := new(topology.Gateway)
		g.Generation, g.Labels = generation, labels
		if deleted {
			g.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
		}
		return g
	}
	a := map[string]string{"a": "b"}
	for name, tc := range map[string]struct {
		old, new any
		same     bool
	}{
		"the status":           {meta(2, a, false), meta(2, a, false), true},
		"the spec":             {meta(2, a, false), meta(3, a, false), false},
		"the labels":           {meta(2, a, false), meta(2, nil, false), false},
		"the end":              {meta(2, a, false), meta(2, a, true), false},
		"without a generation": {meta(0, a, false), meta(0, a, false), false},
		"no object":            {"a", "a", false},
	} {
		if got := sameForUs(tc.old, tc.new); got != tc.same {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAnEventInAnotherNamespaceForgetsTheGraphsThatDependOnIt(t *testing.T) {
	n := newNamespaces()
	sources := n.sources
	n.sources = func(ctx context.Context, b *build) (topology.Sources, error) {
		src, err := sources(ctx, b)
		v := &view{build: b, kinds: &optionalKinds{}, labels: func(string) map[string]string { return nil }}
		switch b.namespace {
		case "shop", "front":
			v.In(topology.Optional{}, "infra")
		case "selected":
			v.NamespaceLabels("infra")
		}
		src.Objects = v
		return src, err
	}
	all := func() map[string]*topology.Graph {
		out := map[string]*topology.Graph{}
		for _, namespace := range []string{"shop", "front", "selected", "alone", "infra"} {
			out[namespace] = n.mustGet(t, namespace, nil)
		}
		return out
	}
	for name, tc := range map[string]struct {
		event func()
		gone  []string
	}{
		"of optional objects": {func() { n.forgetObjects("infra") }, []string{"front", "infra", "shop"}},
		"of its labels":       {func() { n.forget("infra", labelsOf("infra")) }, []string{"infra", "selected"}},
		"of the cluster":      {func() { n.forgetObjects("") }, []string{"alone", "front", "infra", "selected", "shop"}},
	} {
		before := all()
		tc.event()
		var gone []string
		for namespace, graph := range all() {
			if graph != before[namespace] {
				gone = append(gone, namespace)
			}
		}
		slices.Sort(gone)
		if !slices.Equal(gone, tc.gone) {
			t.Errorf("an event %s forgets %v, want %v", name, gone, tc.gone)
		}
	}
}

func TestAKindThatHasJustAppearedIsWaitedForWhileItIsBeingRead(t *testing.T) {
	w, o, _, _ := watchOf(t)
	o.since = time.Now()
	if until := w.unreadUntil(); !until.Equal(o.since.Add(patienceForKind)) {
		t.Errorf("waited for until %s", until)
	}
	n := newNamespaces()
	sources := n.sources
	n.sources = func(ctx context.Context, b *build) (topology.Sources, error) {
		(&view{build: b, kinds: &optionalKinds{watches: []*kindWatch{w}}}).Hidden(w.kind)
		return sources(ctx, b)
	}
	if _, err := n.peek(t.Context(), "shop", nil); !errors.Is(err, ErrBeingRead) {
		t.Errorf("a look does not wait: %v", err)
	}
	n.mustGet(t, "shop", nil) // a write does not wait
	if _, err := n.peek(t.Context(), "shop", nil); !errors.Is(err, ErrBeingRead) {
		t.Errorf("a look does not wait when a write was decided: %v", err)
	}
	for name, end := range map[string]func(){
		"it was read":        func() { o.synced = true },
		"it cannot be read":  func() { o.synced, o.trouble = false, "cannot be read" },
		"it takes very long": func() { o.trouble, o.since = "", time.Now().Add(-patienceForKind) },
	} {
		end()
		n.forgetAll()
		if g, err := n.peek(t.Context(), "shop", nil); err != nil || g == nil {
			t.Errorf("%s: %v", name, err)
		}
		o.synced, o.trouble, o.since = false, "", time.Now()
	}
}
