package cluster

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// classParams is the part of elbv2.k8s.aws/v1beta1 IngressClassParams that decides
// here (LBC apis/elbv2/v1beta1/ingressclassparams_types.go).
type classParams struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector"`
		TargetType        string                `json:"targetType"`
	} `json:"spec"`
}

func (p *classParams) topology() *topology.IngressClassParams {
	return &topology.IngressClassParams{
		Group:             paramsResource().Group,
		Name:              p.Name,
		NamespaceSelector: p.Spec.NamespaceSelector,
		TargetType:        p.Spec.TargetType,
	}
}
