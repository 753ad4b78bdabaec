package topology

import (
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The objects of the Gateway API, with the fields that decide here. Their meaning is told
// in sigs.k8s.io/gateway-api/apis/v1.

const gatewayGroup = "gateway.networking.k8s.io"

// Reference names another object. Group and kind are as far as they are needed; an
// empty namespace is the referrer's own.
type Reference struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// in is the namespace of what is referred to.
func (r *Reference) in(own string) string {
	if r.Namespace == "" {
		return own
	}
	return r.Namespace
}

// GatewayClass says whose Gateways are.
type GatewayClass struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ControllerName string     `json:"controllerName"`
		ParametersRef  *Reference `json:"parametersRef"`
	} `json:"spec"`
}

// Gateway is one load balancer.
type Gateway struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		GatewayClassName string     `json:"gatewayClassName"`
		Listeners        []Listener `json:"listeners"`
		Infrastructure   *struct {
			ParametersRef *Reference `json:"parametersRef"`
		} `json:"infrastructure"`
		AllowedListeners *struct {
			Namespaces *Namespaces `json:"namespaces"`
		} `json:"allowedListeners"`
	} `json:"spec"`
}

// ListenerSet adds listeners to a Gateway.
type ListenerSet struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ParentRef Reference  `json:"parentRef"`
		Listeners []Listener `json:"listeners"`
	} `json:"spec"`
}

// Listener is one port of a Gateway, and who may use it.
type Listener struct {
	Name     string `json:"name"`
	Hostname string `json:"hostname"`
	Port     int32  `json:"port"`
	Protocol string `json:"protocol"`
	TLS      *struct {
		Mode string `json:"mode"`
	} `json:"tls"`
	AllowedRoutes *struct {
		Namespaces *Namespaces `json:"namespaces"`
		Kinds      []Reference `json:"kinds"`
	} `json:"allowedRoutes"`
}

// Namespaces says from where something is allowed.
type Namespaces struct {
	From     string                `json:"from"` // Same, All, Selector or None
	Selector *metav1.LabelSelector `json:"selector"`
}

// GatewayRoute is a route of any kind: as far as they are used here they look alike.
type GatewayRoute struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ParentRefs []ParentRef `json:"parentRefs"`
		Hostnames  []string    `json:"hostnames"`
		Rules      []struct {
			BackendRefs []BackendRef `json:"backendRefs"`
		} `json:"rules"`
	} `json:"spec"`
}

// ParentRef names the Gateway or ListenerSet that a route wants to be attached to.
type ParentRef struct {
	Reference   `json:",inline"`
	SectionName string `json:"sectionName"`
	Port        *int32 `json:"port"`
}

// BackendRef names the Service that a route sends to.
type BackendRef struct {
	Reference `json:",inline"`
	Port      *int32 `json:"port"`
}

// ReferenceGrant allows references into its namespace.
type ReferenceGrant struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		From []Reference `json:"from"`
		To   []Reference `json:"to"`
	} `json:"spec"`
}

// Kinds that are looked up by name.
func gatewayClassKind() Optional {
	return gatewayKind("GatewayClass", "which Gateways are an ALB's or an NLB's", func() metav1.Object { return new(GatewayClass) })
}

func gatewayOwnKind() Optional {
	return gatewayKind("Gateway", "load balancers and who may use them", func() metav1.Object { return new(Gateway) })
}

func listenerSetKind() Optional {
	return gatewayKind("ListenerSet", "further listeners of Gateways", func() metav1.Object { return new(ListenerSet) })
}

func referenceGrantKind() Optional {
	return gatewayKind("ReferenceGrant", "routes that may send to Services of another namespace", func() metav1.Object { return new(ReferenceGrant) })
}

// routeKinds are the kinds of routes that each load balancer serves (LBC
// pkg/gateway/routeutils/constants.go).
func routeKinds() []Optional {
	var out []Optional
	for _, name := range []string{ViaHTTPRoute, ViaGRPCRoute, ViaTCPRoute, ViaTLSRoute, ViaUDPRoute} {
		out = append(out, gatewayKind(name, "Services that a Gateway sends to", func() metav1.Object { return new(GatewayRoute) }))
	}
	return out
}

// gatewayKinds are all kinds of the Gateway API that are looked at.
func gatewayKinds() []Optional {
	return slices.Concat([]Optional{gatewayClassKind(), gatewayOwnKind(), listenerSetKind(), referenceGrantKind()}, routeKinds())
}

// gatewayKind: some kinds were v1beta1 or v1alpha2 for long, and clusters keep what
// they have; the fields in use have been the same.
func gatewayKind(name, why string, object func() metav1.Object) Optional {
	return Optional{
		Group: gatewayGroup, Versions: []string{"v1", "v1beta1", "v1alpha3", "v1alpha2"},
		Kind: name, Resource: plural(name), Namespaced: name != "GatewayClass", Why: why, New: object,
	}
}

func plural(kind string) string {
	lower := strings.ToLower(kind)
	if strings.HasSuffix(lower, "s") {
		return lower + "es"
	}
	return lower + "s"
}
