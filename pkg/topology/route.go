package topology

import (
	"encoding/json"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
)

// Route is one target group, or one Service port, and the container behind it.
// The JSON form is part of the output of "rollguard explain".
type Route struct {
	Via string `json:"via"` // the kind of the object that leads here
	// Controller is whose load balancer it is: spec.controller of the IngressClass, the
	// controllerName of the GatewayClass, the class of the Service ("cloud provider"
	// without one), or the API group of the TargetGroupBinding.
	Controller string  `json:"controller,omitempty"`
	Ingress    *string `json:"ingress"` // namespace/name
	// One of these names the object, namespace/name, where it is no Ingress.
	TargetGroupBinding string `json:"targetGroupBinding,omitempty"`
	HTTPRoute          string `json:"httpRoute,omitempty"`
	GRPCRoute          string `json:"grpcRoute,omitempty"`
	TCPRoute           string `json:"tcpRoute,omitempty"`
	TLSRoute           string `json:"tlsRoute,omitempty"`
	UDPRoute           string `json:"udpRoute,omitempty"`
	// Gateway is what such a route is attached to, namespace/name.
	Gateway string `json:"gateway,omitempty"`
	Service string `json:"service"`
	// ServicePort is the port as the backend names it: name or number.
	ServicePort string `json:"servicePort"`
	// Balancer is empty for a Service without a load balancer of ours.
	Balancer   Balancer           `json:"-"`
	TargetType string             `json:"targetType,omitempty"` // ip or instance
	TargetPort intstr.IntOrString `json:"targetPort"`
	// Container is nil when no container declares the port.
	Container *string `json:"container"`
	// ContainerPort is nil when a named target port is unknown.
	ContainerPort *int32 `json:"containerPort"`
	// UDP marks a port that no TCP, HTTP or gRPC probe can reach.
	UDP bool `json:"-"`
	// PublishNotReady is set when the Service keeps terminating Pods among its ready
	// endpoints, Headless when it has no address of its own.
	PublishNotReady bool `json:"-"`
	Headless        bool `json:"-"`

	HealthCheck *HealthCheck `json:"healthCheck"`
	// DeregistrationDelaySeconds is nil when not set; AWS then uses 300.
	DeregistrationDelaySeconds *int32 `json:"deregistrationDelaySeconds"`
	BackendProtocol            string `json:"backendProtocol,omitempty"` // HTTP or HTTPS; TCP, UDP, TLS and the like for an NLB
	// BackendProtocolVersion is HTTP1, HTTP2 or GRPC.
	BackendProtocolVersion Nullable `json:"backendProtocolVersion"`
	// Maybe is nil for a route that is there for certain.
	Maybe *Doubt `json:"maybe,omitempty"`
}

// Nullable is a word that is null in JSON where it is not known.
type Nullable string

// MarshalJSON writes the word, or null for none.
func (n Nullable) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(n))
}

// Balancer is a kind of load balancer with target groups.
type Balancer string

// The kinds of load balancers.
const (
	ALB Balancer = "ALB"
	NLB Balancer = "NLB"
)

// The values of [Route.Via]. An NLB that a Service asks for, or that a
// TargetGroupBinding of TCP, UDP or TLS belongs to, is told by [Route.Controller].
const (
	ViaIngress            = "Ingress"
	ViaService            = "Service"
	ViaTargetGroupBinding = "TargetGroupBinding"
	ViaHTTPRoute          = "HTTPRoute"
	ViaGRPCRoute          = "GRPCRoute"
	ViaTCPRoute           = "TCPRoute"
	ViaTLSRoute           = "TLSRoute"
	ViaUDPRoute           = "UDPRoute"
)

// The values of [Route.TargetType].
const (
	TargetIP       = "ip"
	TargetInstance = "instance"
)

// Kind is the kind of this one route.
func (r *Route) Kind() Kind {
	ip := r.TargetType == TargetIP
	switch {
	case r.balancer() == ALB && ip:
		return ALBIP
	case r.balancer() == ALB:
		return ALBInstance
	case r.balancer() == NLB && ip:
		return NLBIP
	case r.balancer() == NLB:
		return NLBInstance
	}
	return Service
}

// balancer: nothing but an ALB ever is behind an Ingress.
func (r *Route) balancer() Balancer {
	if r.Via == ViaIngress {
		return ALB
	}
	return r.Balancer
}

// autoModeGroup is the API group of EKS Auto Mode, with which the names of its
// controllers begin too.
const autoModeGroup = "eks.amazonaws.com"

// AutoMode tells whether EKS Auto Mode's own controllers are at work.
func (r *Route) AutoMode() bool {
	return strings.HasPrefix(r.Controller, autoModeGroup)
}

// Front names the object that makes a load balancer send to the Service: "Ingress
// shop/web", "HTTPRoute shop/web of Gateway infra/public".
func (r *Route) Front() string {
	if r.Ingress != nil {
		return r.Via + " " + *r.Ingress
	}
	if r.TargetGroupBinding != "" {
		return ViaTargetGroupBinding + " " + r.TargetGroupBinding
	}
	if r.Gateway != "" {
		return r.Via + " " + r.object() + " of Gateway " + r.Gateway
	}
	return ViaService + " " + r.Service
}

// object is the name of the object that leads here, for those that have a field of
// their own.
func (r *Route) object() string {
	for _, name := range [...]string{r.TargetGroupBinding, r.HTTPRoute, r.GRPCRoute, r.TCPRoute, r.TLSRoute, r.UDPRoute} {
		if name != "" {
			return name
		}
	}
	return named(r.Ingress)
}

// String names the route for people: "ALB Ingress shop/web (ip targets)".
func (r *Route) String() string {
	if b := r.balancer(); b != "" {
		return string(b) + " " + r.Front() + " (" + r.TargetType + " targets)"
	}
	return r.Front()
}
