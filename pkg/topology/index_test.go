package topology_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// someLabels are up to three of a few labels, so that selectors often match.
func someLabels(r *rand.Rand) map[string]string {
	out := map[string]string{}
	for range r.IntN(4) {
		out[string(rune('a'+r.IntN(4)))] = strconv.Itoa(r.IntN(2))
	}
	return out
}

func TestEveryServiceIsFoundWhoseSelectorIsASubsetOfTheLabels(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		src := topology.Sources{Namespace: "shop"}
		for i := range r.IntN(30) {
			src.Services = append(src.Services, service(func(s *corev1.Service) {
				s.Name, s.Spec.Selector = fmt.Sprintf("s%02d", i), someLabels(r)
			}))
		}
		graph, p := topology.NewGraph(src), pods()
		p.Labels = someLabels(r)
		p.Labels["z"] = "1"
		var want, got []string
		for _, svc := range src.Services {
			matches := len(svc.Spec.Selector) > 0
			for key, value := range maps.All(svc.Spec.Selector) {
				found, ok := p.Labels[key]
				matches = matches && ok && found == value
			}
			if matches {
				want = append(want, svc.Name)
			}
		}
		for _, route := range graph.Exposure(p).Routes {
			got = append(got, route.Service)
		}
		if !slices.Equal(want, got) {
			t.Fatalf("seed %d, labels %v: found %v, want %v", seed, p.Labels, got, want)
		}
	}
}
