package live

import "github.com/rollguard/rollguard/pkg/topology"

// resource is one kind that decides about Deployments, as the API server calls it.
type resource struct {
	// paths are those up to the version, "/api/v1", the best version first; an optional
	// kind may not exist in any.
	paths []string
	name  string
	// cluster says that it stands outside namespaces, elsewhere that objects of other
	// namespaces may decide too.
	cluster, elsewhere, optional bool
	// road is what people call a kind without which nobody knows what leads to Pods.
	road string
	// kind is set for an optional one.
	kind topology.Optional
	// typed says that package manifest takes it as a Go type, which is read several times
	// faster than JSON: of these a cluster has the most.
	typed bool
}

// ingressClasses decide whose load balancer an Ingress is.
const ingressClasses = "ingressclasses"

// resources are read before the Deployments. New optional kinds are a matter of package
// topology alone.
func resources() []resource {
	const networking = "/apis/networking.k8s.io/v1"
	out := []resource{
		{paths: []string{networking}, name: ingressClasses, cluster: true},
		{paths: []string{networking}, name: "ingresses", road: "Ingresses", typed: true},
		{paths: []string{"/api/v1"}, name: "services", road: "Services", typed: true},
		{paths: []string{"/api/v1"}, name: "persistentvolumeclaims"},
		{paths: []string{"/api/v1"}, name: "resourcequotas"},
	}
	for _, kind := range topology.Optionals() {
		r := resource{name: kind.Resource, cluster: !kind.Namespaced, elsewhere: kind.Namespaced, optional: true, kind: kind}
		for _, version := range kind.Versions {
			r.paths = append(r.paths, "/apis/"+kind.Group+"/"+version)
		}
		out = append(out, r)
	}
	return out
}

func namespaces() resource {
	return resource{paths: []string{"/api/v1"}, name: "namespaces", cluster: true}
}

func deployments() resource { return resource{paths: []string{"/apis/apps/v1"}, name: "deployments"} }

// in is the path of the collection, of one namespace or, with "", of all.
func (r resource) in(path, namespace string) string {
	if r.cluster || namespace == Everywhere {
		return path + "/" + r.name
	}
	return path + "/namespaces/" + namespace + "/" + r.name
}
