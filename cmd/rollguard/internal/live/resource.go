package live

// resource is one kind that decides about Deployments, as the API server calls it.
type resource struct {
	// path is up to the version: "/api/v1".
	path, name string
	// cluster says that it stands outside namespaces, optional that it may not exist.
	cluster, optional bool
}

// resources are read before the Deployments. A new door of package topology is one line
// here, and one in package manifest.
func resources() []resource {
	return []resource{
		{path: "/apis/networking.k8s.io/v1", name: "ingressclasses", cluster: true},
		{path: "/apis/elbv2.k8s.aws/v1beta1", name: "ingressclassparams", cluster: true, optional: true},
		{path: "/apis/eks.amazonaws.com/v1", name: "ingressclassparams", cluster: true, optional: true},
		{path: "/apis/networking.k8s.io/v1", name: "ingresses"},
		{path: "/api/v1", name: "services"},
		{path: "/api/v1", name: "persistentvolumeclaims"},
		{path: "/api/v1", name: "resourcequotas"},
	}
}

func namespaces() resource { return resource{path: "/api/v1", name: "namespaces", cluster: true} }

func deployments() resource { return resource{path: "/apis/apps/v1", name: "deployments"} }

// in is the path of the collection, of one namespace or, with "", of all.
func (r resource) in(namespace string) string {
	if r.cluster || namespace == "" {
		return r.path + "/" + r.name
	}
	return r.path + "/namespaces/" + namespace + "/" + r.name
}
