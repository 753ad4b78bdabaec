package topology

// Doubt says why a route may be there and may not. Such a route is guarded all the
// same: when an Ingress or its group becomes unusable, LBC leaves in AWS what it
// deployed before, and the load balancer goes on serving it.
type Doubt struct {
	Reason DoubtReason `json:"reason"`
	// Because is a clause for people: "the load balancer controller does not deploy
	// group shop while Ingress shop/api names port 81 of Service api, ...".
	Because string `json:"because"`
}

// DoubtReason is a stable word. The words are those of test/corpus.
type DoubtReason string

// The reasons.
const (
	// IngressError: another mistake in the Ingress stops LBC.
	IngressError DoubtReason = "ingress-error"
	// GroupError: the Ingress is fine, and something else stops LBC from deploying the
	// group that it belongs to.
	GroupError DoubtReason = "group-error"
	// TargetPortUnresolved: there is a target group, but it stays without targets, as
	// no container declares the named target port.
	TargetPortUnresolved DoubtReason = "target-port-unresolved"
)
