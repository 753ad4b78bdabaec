package manifest

import (
	"strings"

	"github.com/rollguard/rollguard/pkg/topology"
)

// The kinds that decide about something. All others pass through unread.
const (
	kindNamespace    = "Namespace"
	kindIngressClass = "IngressClass"
	kindIngress      = "Ingress"
	kindService      = "Service"
	kindDeployment   = "Deployment"
	kindClaim        = "PersistentVolumeClaim"
	kindQuota        = "ResourceQuota"
)

// used tells whether the object is of a kind that decides about something.
func (o *object) used() bool {
	switch o.kind {
	case kindNamespace, kindService, kindClaim, kindQuota:
		return o.apiVersion == "v1"
	case kindIngressClass, kindIngress:
		return o.apiVersion == "networking.k8s.io/v1"
	case kindDeployment:
		return o.apiVersion == "apps/v1"
	}
	return o.optional() != nil
}

// optional is the optional kind of the object, if it is of one. Versions that are not
// understood are not told apart: the fields in use have been the same in all.
func (o *object) optional() *topology.Optional {
	group, _, _ := strings.Cut(o.apiVersion, "/")
	for _, kind := range topology.Optionals() {
		if kind.Kind == o.kind && kind.Group == group {
			return &kind
		}
	}
	return nil
}

// cluster tells whether objects of a used kind stand outside namespaces.
func (o *object) cluster() bool {
	switch o.kind {
	case kindNamespace, kindIngressClass:
		return true
	}
	kind := o.optional()
	return kind != nil && !kind.Namespaced
}
