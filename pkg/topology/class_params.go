package topology

import (
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
		all, odd := list[*classParams](in, kind, "")
		for _, p := range all {
			params := p.Spec // the object belongs to a cache
			params.Group, params.Name = kind.Group, p.Name
			out = append(out, &params)
		}
		for _, p := range odd {
			out = append(out, &IngressClassParams{Group: kind.Group, Name: p.Name, Unread: p.because()})
		}
	}
	return out
}

// hiddenParams are the groups whose class parameters are not known, and why as a clause.
func (in *inputs) hiddenParams() map[string]string {
	out := map[string]string{}
	for _, kind := range classParamsKinds() {
		if hidden := in.hidden(kind); hidden != "" {
			out[kind.Group] = hidden
		}
	}
	return out
}
