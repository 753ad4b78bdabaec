package alb

import "time"

// Parameters are what the load balancer itself is like, whatever the cluster says.
type Parameters struct {
	// Nodes is how many nodes there are, one for each availability zone. AWS asks for at
	// least 2 zones ("Application Load Balancers", AWS user guide).
	Nodes int
	// Propagation is how long after a call of RegisterTargets or DeregisterTargets a
	// node acts on it; each node has its own. AWS says at once; users measure about 10 s
	// (kubernetes-sigs/aws-load-balancer-controller issue 1719), 5 s as too short and
	// 25 s as enough (issue 1064), and the author of pod-graceful-drain 10 to 20 s as
	// usual (its values.yaml).
	Propagation Spread
	// LateChecks has the first health check of a new target come at the end of an interval,
	// as late as it can, and not at a random moment of it.
	LateChecks bool
	// ConnectTimeout is the time for a connection to a target, then 504. Fixed by AWS
	// ("Troubleshoot your Application Load Balancers", HTTP 504).
	ConnectTimeout time.Duration
	// IdleTimeout is how long nothing may come from a target, then 504, and from a
	// client, then its connection is closed. AWS default, the load balancer attribute
	// idle_timeout.timeout_seconds ("Edit attributes for your ALB").
	IdleTimeout time.Duration
	// Seed decides every lag; the same seed and the same targets give the same lags.
	Seed uint64
}

// Defaults are the parameters of the experiment, but for the seed.
func Defaults() Parameters {
	return Parameters{
		Nodes:          2,
		Propagation:    Spread{Min: 5 * time.Second, Mid: 10 * time.Second, Max: 15 * time.Second},
		ConnectTimeout: 10 * time.Second,
		IdleTimeout:    60 * time.Second,
	}
}

// TargetGroup is what the annotations of Ingress and Service decide. The defaults of
// AWS Load Balancer Controller (LBC) are in its pkg/ingress/model_builder.go: interval
// 15 s, timeout 5 s, thresholds 2 and 2, path "/", code 200.
type TargetGroup struct {
	// Path, Port and Codes of the health check. Port 0 is the port of the traffic.
	Path  string
	Port  int
	Codes Codes
	// Interval is the time between two checks, Timeout what one may take.
	Interval time.Duration
	Timeout  time.Duration
	// HealthyThreshold successes in a row make an unhealthy target healthy; for a new
	// target one is enough ("Health checks for your target groups", AWS user guide).
	HealthyThreshold int
	// UnhealthyThreshold failures in a row make a target unhealthy.
	UnhealthyThreshold int
	// DeregistrationDelay is how long requests in flight may go on after a node has
	// stopped sending new ones. LBC leaves it at the AWS default, 300 s ("Edit target
	// group attributes", AWS user guide).
	DeregistrationDelay time.Duration
}
