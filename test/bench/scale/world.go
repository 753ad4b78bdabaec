package scale

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/rollguard/rollguard/pkg/api"
	"github.com/rollguard/rollguard/pkg/topology"
)

// World says how many objects the cluster has.
type World struct {
	// Namespaces have two Deployments and three Ingresses each, and 13 Services in four of
	// them.
	Namespaces int
	// Crowd are the Ingresses and Services of one namespace more, [Crowded].
	Crowd int
}

// Large is the cluster of the bars.
func Large() World { return World{Namespaces: 4000, Crowd: 5000} }

// Crowded and Small are namespaces to compare: one with thousands of applications, one
// with ten objects, each an Ingress or a Service.
const (
	Crowded = "crowded"
	Small   = "small"
)

// class is the only IngressClass.
const (
	class      = "alb"
	controller = topology.ControllerLBC
)

// Ingresses and Services per namespace; every fourth namespace has a Service more.
const (
	deploymentsEach = 2
	ingressesEach   = 3
	servicesEach    = 3
	oneMoreIn       = 4
)

// Every fifth Ingress shares a load balancer with others: groups have about six members,
// in different namespaces.
const (
	sharedEvery  = 5
	groupMembers = 6
)

func namespaceName(i int) string { return fmt.Sprintf("team-%04d", i) }

func appName(i int) string { return fmt.Sprintf("app-%d", i) }

// groupOf is the group of an Ingress by its number in the cluster, "" for none. Members
// are far from each other.
func (w World) groupOf(number int) string {
	if number%sharedEvery != 0 {
		return ""
	}
	groups := max(w.Namespaces*ingressesEach/sharedEvery/groupMembers, 1)
	return fmt.Sprintf("shared-%04d", number/sharedEvery%groups)
}

// Objects are all objects but the namespaces and the class, as their authors write them.
func (w World) Objects(yield func(runtime.Object) bool) {
	for i := range w.Namespaces {
		if !w.fill(i, yield) {
			return
		}
	}
	for i := range w.Crowd {
		if !yield(service(Crowded, appName(i))) || !yield(ingress(Crowded, appName(i), "")) {
			return
		}
	}
	for i := range 5 {
		if !yield(service(Small, appName(i))) || !yield(ingress(Small, appName(i), "")) {
			return
		}
	}
}

func (w World) fill(i int, yield func(runtime.Object) bool) bool {
	namespace := namespaceName(i)
	services := servicesEach
	if i%oneMoreIn == 0 {
		services++
	}
	for j := range services {
		if !yield(service(namespace, appName(j))) {
			return false
		}
	}
	for j := range ingressesEach {
		if !yield(ingress(namespace, appName(j), w.groupOf(i*ingressesEach+j))) {
			return false
		}
	}
	for j := range deploymentsEach {
		if !yield(deployment(namespace, appName(j))) {
			return false
		}
	}
	return true
}

// NamespaceObjects are the namespaces.
func (w World) NamespaceObjects(yield func(runtime.Object) bool) {
	for _, name := range []string{Crowded, Small} {
		if !yield(namespace(name)) {
			return
		}
	}
	for i := range w.Namespaces {
		if !yield(namespace(namespaceName(i))) {
			return
		}
	}
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name,
		Labels: map[string]string{
			api.LabelInject: api.InjectEnabled, "team": name, "cost-centre": "4711",
			"pod-security.kubernetes.io/enforce": "baseline",
		},
		Annotations: map[string]string{"owner": name + "@example.com", "argocd.argoproj.io/tracking-id": "tenants:/Namespace:" + name + "/" + name},
	}}
}
