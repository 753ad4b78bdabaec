package topology

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// IngressClassParams is what decides here of the class parameters of LBC
// (elbv2.k8s.aws/v1beta1) and of EKS Auto Mode (eks.amazonaws.com/v1). The JSON form is
// their spec. Of a target group LBC takes only the target type from it; the rest
// decides about groups and listeners, so whether target groups are made at all (LBC
// apis/elbv2/v1beta1/ingressclassparams_types.go). What is not here changes the load
// balancer itself only: subnets, tags, attributes, certificates' names, policies, WAF.
type IngressClassParams struct {
	// Group is the API group: each controller has its own kind of this name.
	Group string `json:"-"`
	Name  string `json:"-"`
	// Unread is a clause that says why they could not be decoded; empty when they could.
	Unread string `json:"-"`
	// NamespaceSelector limits the class to some namespaces; nil means all.
	NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector"`
	// TargetType beats every annotation; empty means not set.
	TargetType string `json:"targetType"`
	// IngressGroup puts all Ingresses of the class into one group; it beats the
	// annotation group.name. Nil means not set.
	IngressGroup *IngressGroup `json:"group"`
	// Scheme, IPAddressType and SSLRedirectPort beat the annotations of those names;
	// empty means not set.
	Scheme          string `json:"scheme"`
	IPAddressType   string `json:"ipAddressType"`
	SSLRedirectPort string `json:"sslRedirectPort"`
	// CertificateARNs beat the annotation certificate-arn unless empty. With a
	// certificate LBC listens on 443 instead of 80.
	CertificateARNs []string `json:"certificateArn"`
}

// IngressGroup names a group of Ingresses that share one load balancer.
type IngressGroup struct {
	Name string `json:"name"`
}
