package topology

// Kind is the way traffic reaches a Deployment, as far as it decides about a
// rollout. It is also the vocabulary of the exposure annotation.
type Kind string

// The kinds, from the least to the most that a rollout has to wait for.
const (
	None        Kind = "none"         // nothing sends traffic
	Service     Kind = "service"      // kube-proxy, in-cluster controllers
	ALBIP       Kind = "alb-ip"       // ALB, target type ip: Pods are the targets
	ALBInstance Kind = "alb-instance" // ALB, target type instance: nodes are the targets
	NLBInstance Kind = "nlb-instance" // NLB, nodes are the targets
	NLBIP       Kind = "nlb-ip"       // NLB, Pods are the targets: by far the slowest to let go
)

// ALB tells whether an Application Load Balancer is on the road.
func (k Kind) ALB() bool { return k == ALBIP || k == ALBInstance }

// NLB tells whether a Network Load Balancer is on the road.
func (k Kind) NLB() bool { return k == NLBIP || k == NLBInstance }

// IP tells whether a load balancer sends straight to the Pods.
func (k Kind) IP() bool { return k == ALBIP || k == NLBIP }

// Balanced tells whether a load balancer with target groups is on the road.
func (k Kind) Balanced() bool { return k.ALB() || k.NLB() }

// rank orders kinds by what a rollout has to wait for.
func (k Kind) rank() int {
	switch k {
	case NLBIP:
		return 5
	case NLBInstance:
		return 4
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
	// Routes are sorted by via, object, service and service port.
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
	// ExplicitPath is set when somebody wrote the path, and one that AWS takes; otherwise it is the
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
	// Unseen says that it is there for all that is known, and that whoever asks may not
	// read it.
	Unseen bool `json:"-"`
}
