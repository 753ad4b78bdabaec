package cluster

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// classParams is the part of elbv2.k8s.aws/v1beta1 IngressClassParams that is read.
type classParams struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              topology.IngressClassParams `json:"spec"`
}

func (p *classParams) topology() *topology.IngressClassParams {
	p.Spec.Group, p.Spec.Name = paramsResource().Group, p.Name
	return &p.Spec
}
