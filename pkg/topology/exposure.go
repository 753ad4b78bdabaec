package topology

import "k8s.io/apimachinery/pkg/util/intstr"

// Kind is the way traffic reaches a Deployment, as far as it decides about a
// rollout. It is also the vocabulary of the exposure annotation.
type Kind string

// The kinds, from the least to the most that a rollout has to wait for.
const (
	None        Kind = "none"         // nothing sends traffic
	Service     Kind = "service"      // kube-proxy, in-cluster controllers
	ALBIP       Kind = "alb-ip"       // ALB, target type ip: Pods are the targets
	ALBInstance Kind = "alb-instance" // ALB, target type instance: nodes are the targets
)

// ALB tells whether an Application Load Balancer is on the road.
func (k Kind) ALB() bool { return k == ALBIP || k == ALBInstance }

// rank orders kinds by what a rollout has to wait for.
func (k Kind) rank() int {
	switch k {
	case ALBInstance:
		return 3
	case ALBIP:
		return 2
	case Service:
		return 1
	}
	return 0
}

// Exposure is everything that sends traffic to one Deployment.
type Exposure struct {
	// Kind is the most demanding kind of all routes.
	Kind Kind
	// Routes are sorted by via, ingress, service and service port.
	Routes []Route
	// ReadinessGate is set when LBC adds a readiness gate to new Pods of the
	// namespace (label elbv2.k8s.aws/pod-readiness-gate-inject: enabled).
	ReadinessGate bool
	// Gaps are the things that may lead here and could not be read.
	Gaps []Gap
	// Expected are the Services that look as if an ALB were to come, and that none leads
	// to yet.
	Expected []Expected
}

// Route is one target group, or one Service port, and the container behind it.
// The JSON form is part of the output of "rollguard explain".
type Route struct {
	Via        string  `json:"via"`                  // Ingress or Service
	Controller string  `json:"controller,omitempty"` // spec.controller of the IngressClass
	Ingress    *string `json:"ingress"`              // namespace/name
	Service    string  `json:"service"`
	// ServicePort is the port as the backend names it: name or number.
	ServicePort string             `json:"servicePort"`
	TargetType  string             `json:"targetType,omitempty"` // ip or instance
	TargetPort  intstr.IntOrString `json:"targetPort"`
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
	BackendProtocol            string `json:"backendProtocol,omitempty"`        // HTTP or HTTPS
	BackendProtocolVersion     string `json:"backendProtocolVersion,omitempty"` // HTTP1, HTTP2 or GRPC
	// Maybe is nil for a route that is there for certain.
	Maybe *Doubt `json:"maybe,omitempty"`
}

// Kind is the kind of this one route.
func (r *Route) Kind() Kind {
	switch {
	case r.Via != ViaIngress:
		return Service
	case r.TargetType == TargetIP:
		return ALBIP
	}
	return ALBInstance
}

// String names the route for people: "ALB Ingress shop/web (ip targets)".
func (r *Route) String() string {
	if r.Via == ViaIngress {
		return "ALB Ingress " + *r.Ingress + " (" + r.TargetType + " targets)"
	}
	return "Service " + r.Service
}

// The values of [Route.Via].
const (
	ViaIngress = "Ingress"
	ViaService = "Service"
)

// The values of [Route.TargetType].
const (
	TargetIP       = "ip"
	TargetInstance = "instance"
)

// HealthCheck is how the load balancer decides that a target may get traffic.
type HealthCheck struct {
	Path string `json:"path"`
	// Port is "traffic-port" or a number.
	Port             string `json:"port"`
	Protocol         string `json:"protocol"`     // HTTP or HTTPS
	SuccessCodes     string `json:"successCodes"` // gRPC codes when the version is GRPC
	IntervalSeconds  int32  `json:"intervalSeconds"`
	HealthyThreshold int32  `json:"healthyThreshold"`
	// TimeoutSeconds and ExplicitPath are not part of the published form.
	TimeoutSeconds int32 `json:"-"`
	// ExplicitPath is set when somebody wrote the path; otherwise it is the
	// controller's default, which promises nothing about the application.
	ExplicitPath bool `json:"-"`
}

// Gap is something that might send traffic and could not be read.
type Gap struct {
	// Object is "Kind namespace/name" or "Kind name".
	Object string `json:"object"`
	// Reason is a clause that follows the object: "names IngressClass x, which does
	// not exist".
	Reason string `json:"reason"`
}
