package cluster

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/rollguard/rollguard/pkg/topology"
)

// servedAPIs is what a discovery client would be told: resources by group and version.
type servedAPIs struct {
	mu        sync.Mutex
	resources map[string][]string
	err       error
	asked     map[string]int
}

func (s *servedAPIs) group(_ context.Context, name string) (*metav1.APIGroup, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(name)
	if s.err != nil {
		return nil, s.err
	}
	out := &metav1.APIGroup{}
	for _, gv := range slices.Sorted(maps.Keys(s.resources)) {
		if group, version, _ := strings.Cut(gv, "/"); group == name {
			out.Versions = append(out.Versions, metav1.GroupVersionForDiscovery{Version: version})
		}
	}
	if len(out.Versions) == 0 {
		return nil, apierrors.NewNotFound(schema.GroupResource{}, name)
	}
	return out, nil
}

func (s *servedAPIs) tag(context.Context, string) (string, error) { return "", nil }

func (s *servedAPIs) note(what string) {
	if s.asked == nil {
		s.asked = map[string]int{}
	}
	s.asked[what]++
}

func (s *servedAPIs) ServerResourcesForGroupVersion(gv string) (*metav1.APIResourceList, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(gv)
	if s.err != nil {
		return nil, s.err
	}
	names, ok := s.resources[gv]
	if !ok {
		return nil, apierrors.NewNotFound(schema.GroupResource{}, gv)
	}
	list := &metav1.APIResourceList{}
	for _, name := range names {
		list.APIResources = append(list.APIResources, metav1.APIResource{Name: name})
	}
	return list, nil
}

func kindNamed(t *testing.T, name string) topology.Optional {
	t.Helper()
	kinds := topology.Optionals()
	i := slices.IndexFunc(kinds, func(k topology.Optional) bool { return k.Name() == name })
	if i < 0 {
		t.Fatalf("no kind %s", name)
	}
	return kinds[i]
}

func TestTheBestServedVersionIsUsed(t *testing.T) {
	grants := kindNamed(t, "ReferenceGrant (gateway.networking.k8s.io)")
	const v1, beta, v9 = "gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1", "gateway.networking.k8s.io/v9"
	for name, tc := range map[string]struct {
		resources map[string][]string
		want      found
	}{
		"none":             {nil, found{}},
		"another resource": {map[string][]string{v1: {"gateways"}}, found{}},
		"the newest":       {map[string][]string{v1: {"referencegrants"}, beta: {"referencegrants"}}, found{version: "v1"}},
		"an older one":     {map[string][]string{v1: {"gateways"}, beta: {"referencegrants"}}, found{version: "v1beta1"}},
		"a foreign one":    {map[string][]string{v1: {"gateways"}, v9: {"referencegrants"}}, found{foreign: []string{"v9"}}},
		"beside a foreign": {map[string][]string{v1: {"referencegrants"}, v9: {"referencegrants"}}, found{version: "v1"}},
	} {
		got, err := newDiscovered(&servedAPIs{resources: tc.resources}).served(t.Context(), grants)
		if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(found{})); diff != "" || err != nil {
			t.Errorf("%s: error %v, -want +got:\n%s", name, err, diff)
		}
	}
}

// A kind that is served in versions of tomorrow only is a gap, said once, for as long as it
// is so.
func TestAKindOfForeignVersionsOnlyIsAGap(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	api, resets := &servedAPIs{resources: map[string][]string{"gateway.networking.k8s.io/v9": {"httproutes"}}}, 0
	k := newOptionalKinds(api, nil, reactions{event: func(string) {}, reset: func() { resets++ }}, zap.New(core))
	for range 3 {
		k.look(t.Context())
	}
	w := k.watch(kindNamed(t, "HTTPRoute (gateway.networking.k8s.io)"))
	if want := "cannot be read: served as v9 only, and Rollguard reads v1, v1beta1, v1alpha3, v1alpha2"; w.hidden() != want {
		t.Errorf("hidden %q, want %q", w.hidden(), want)
	}
	if !k.settled() || resets != 1 || logs.Len() != 1 {
		t.Errorf("settled %v, resets %d, logs %+v", k.settled(), resets, logs.All())
	}
	api.mu.Lock()
	api.resources = nil
	api.mu.Unlock()
	k.look(t.Context())
	if w.hidden() != "" || resets != 2 {
		t.Errorf("it has gone: hidden %q, resets %d", w.hidden(), resets)
	}
}

func TestEachVersionIsAskedForOnce(t *testing.T) {
	api := &servedAPIs{resources: map[string][]string{"gateway.networking.k8s.io/v9": {"tlsroutes"}, "gateway.k8s.aws/v9": nil}}
	k := newOptionalKinds(api, nil, reactions{event: func(string) {}, reset: func() {}}, zap.NewNop())
	if k.settled() {
		t.Error("settled before anybody looked")
	}
	k.look(t.Context())
	if !k.settled() {
		t.Error("not settled though no kind exists")
	}
	for gv, times := range api.asked {
		if times != 1 {
			t.Errorf("%s was asked for %d times", gv, times)
		}
	}
}

func TestAFailureToLookIsLoggedOnceAndChangesNothing(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	api := &servedAPIs{err: errors.New("out of reach")}
	k := newOptionalKinds(api, nil, reactions{event: func(string) {}, reset: func() { t.Error("graphs are thrown away") }}, zap.New(core))
	for range 3 {
		k.look(t.Context())
	}
	if logs.Len() != 1 || k.settled() {
		t.Errorf("settled %v, logs %+v", k.settled(), logs.All())
	}
}
