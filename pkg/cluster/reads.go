package cluster

import (
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/rollguard/rollguard/pkg/topology"
)

// Read is one resource that is listed and watched everywhere. docs/reference/rbac.md and
// the test of the manifest's rights follow from it.
type Read struct {
	Group, Resource string
	// Optional resources need not exist.
	Optional bool
	// Why says what it is read for.
	Why string
}

// Verbs are what an informer needs.
func Verbs() []string { return []string{"get", "list", "watch"} }

// Reads are all resources that are read.
func Reads() []Read {
	var out []Read
	for _, k := range coreKinds() {
		out = append(out, k.read)
	}
	out = append(out, bulkReads()...)
	out = append(out, roomReads()...)
	for _, k := range topology.Optionals() {
		out = append(out, Read{Group: k.Group, Resource: k.Resource, Optional: true, Why: k.Why})
	}
	return out
}

// roomReads are what rooms watch: every cluster has the kinds, and without the right the
// replica serves all the same.
func roomReads() []Read {
	return []Read{
		{Resource: "persistentvolumeclaims", Why: "access modes: whether a surge Pod can run beside the old one"},
		{Resource: "resourcequotas", Why: "whether a quota leaves room for a surge Pod"},
	}
}

// bulkReads are kinds that every cluster has, and many objects of.
func bulkReads() []Read {
	return []Read{
		{Resource: "services", Why: "which Pods get traffic, and by which ports"},
		{Group: "networking.k8s.io", Resource: "ingresses", Why: "Services that an ALB sends to"},
	}
}

// coreKind is a kind that every cluster has, and that informers of the manager's cache keep.
type coreKind struct {
	object client.Object
	read   Read
}

func coreKinds() []coreKind {
	return []coreKind{
		{namespaceMetadata(), Read{Resource: "namespaces", Why: "labels and annotations: metadata only"}},
		{&networkingv1.IngressClass{}, Read{Group: "networking.k8s.io", Resource: "ingressclasses", Why: "which Ingresses are an ALB's"}},
	}
}
