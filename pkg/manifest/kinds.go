package manifest

import "strings"

// The kinds that decide about something. All others pass through unread.
const (
	kindNamespace    = "Namespace"
	kindIngressClass = "IngressClass"
	kindClassParams  = "IngressClassParams"
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
	case kindClassParams:
		return strings.HasPrefix(o.apiVersion, "elbv2.k8s.aws/") || strings.HasPrefix(o.apiVersion, "eks.amazonaws.com/")
	}
	return false
}

// cluster tells whether objects of a used kind stand outside namespaces.
func (o *object) cluster() bool {
	switch o.kind {
	case kindNamespace, kindIngressClass, kindClassParams:
		return true
	}
	return false
}
