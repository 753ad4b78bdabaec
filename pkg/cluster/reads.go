package cluster

import (
	corev1 "k8s.io/api/core/v1"
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

// coreKind is a kind that every cluster has.
type coreKind struct {
	object client.Object
	read   Read
}

func coreKinds() []coreKind {
	return []coreKind{
		{namespaceMetadata(), Read{Resource: "namespaces", Why: "labels and annotations: metadata only"}},
		{&corev1.Service{}, Read{Resource: "services", Why: "which Pods get traffic, and by which ports"}},
		{&networkingv1.Ingress{}, Read{Group: "networking.k8s.io", Resource: "ingresses", Why: "Services that an ALB sends to"}},
		{&networkingv1.IngressClass{}, Read{Group: "networking.k8s.io", Resource: "ingressclasses", Why: "which Ingresses are an ALB's"}},
	}
}
