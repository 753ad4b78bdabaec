package topology_test

import (
	"fmt"
	"strconv"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// crowded is a namespace of n applications, each with a Service behind an Ingress. All
// of them share a label.
func crowded(n int) topology.Sources {
	src := sources(func(s *topology.Sources) { s.Services, s.Ingresses = nil, nil })
	for i := range n {
		name := "app-" + strconv.Itoa(i)
		src.Services = append(src.Services, service(func(s *corev1.Service) {
			s.Name, s.Spec.Selector = name, map[string]string{"app": name, "part-of": "shop"}
		}))
		src.Ingresses = append(src.Ingresses, ingress(func(i *networkingv1.Ingress) {
			i.Name, i.Spec.Rules = name, []networkingv1.IngressRule{rule(backend(name, 80), backend(name, 81))}
		}))
	}
	return src
}

// The time must not grow with the namespace: 5,000 Services take at most twice as long
// as 10.
func BenchmarkExposure(b *testing.B) {
	for _, n := range []int{10, 5000} {
		b.Run(fmt.Sprintf("%d Services", n), func(b *testing.B) {
			graph, p := topology.NewGraph(crowded(n)), pods()
			p.Labels = map[string]string{"app": "app-7", "part-of": "shop", "version": "1"}
			if e := graph.Exposure(p); len(e.Routes) != 1 || len(e.Gaps) != 1 {
				b.Fatalf("exposure %+v", e)
			}
			b.ReportAllocs()
			for b.Loop() {
				graph.Exposure(p)
			}
		})
	}
}

func BenchmarkNewGraph(b *testing.B) {
	for _, n := range []int{10, 5000} {
		src := crowded(n)
		b.Run(fmt.Sprintf("%d Services", n), func(b *testing.B) {
			for b.Loop() {
				topology.NewGraph(src)
			}
		})
	}
}
