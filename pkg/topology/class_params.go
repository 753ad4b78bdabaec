package topology

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// classParams is the part of an IngressClassParams that decides here (LBC
// apis/elbv2/v1beta1/ingressclassparams_types.go; Auto Mode's has the same fields).
type classParams struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              IngressClassParams `json:"spec"`
}

// classParamsKinds are the class parameters of both controllers.
func classParamsKinds() []Optional {
	kind := Optional{
		Kind: "IngressClassParams", Resource: "ingressclassparams",
		Why: "target type and namespaces of an IngressClass",
		New: func() metav1.Object { return new(classParams) },
	}
	lbc, auto := kind, kind
	lbc.Group, lbc.Versions = paramsGroup(ControllerLBC), []string{"v1beta1"}
	auto.Group, auto.Versions = paramsGroup(ControllerAutoMode), []string{"v1"}
	return []Optional{lbc, auto}
}

// classParamsOf are those of the sources and those among the optional objects.
func classParamsOf(in *inputs) []*IngressClassParams {
	out := in.ClassParams
	for _, kind := range classParamsKinds() {
		for _, p := range list[*classParams](in, kind, "") {
			params := p.Spec // the object belongs to a cache
			params.Group, params.Name = kind.Group, p.Name
			out = append(out, &params)
		}
	}
	return out
}

// hiddenParams adds to a reason that is about class parameters why they are not known.
func (in *inputs) hiddenParams(reason string) string {
	for _, kind := range classParamsKinds() {
		if hidden := in.hidden(kind); hidden != "" && strings.Contains(reason, kind.Kind) {
			return ": " + kind.Name() + " " + hidden
		}
	}
	return ""
}
