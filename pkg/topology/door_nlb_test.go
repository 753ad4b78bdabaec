package topology_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

const nlb = "service.beta.kubernetes.io/aws-load-balancer-"

func balanced(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeLoadBalancer }

func serviceClass(name string) func(*corev1.Service) {
	return func(s *corev1.Service) { balanced(s); s.Spec.LoadBalancerClass = &name }
}

func says(pairs ...string) func(*corev1.Service) {
	return func(s *corev1.Service) {
		for i := 0; i < len(pairs); i += 2 {
			s.Annotations[nlb+pairs[i]] = pairs[i+1]
		}
	}
}

func TestAServiceMayAskForAnNLB(t *testing.T) {
	ip, nodes := []string{"nlb-ip", "NLB Service web (ip targets)"}, []string{"nlb-instance", "NLB Service web (instance targets)"}
	plain := []string{"service", "Service web"}
	const unknown = "gap: Service shop/web is of type LoadBalancer and says neither by class nor by annotation what it gets (from the AWS cloud provider a Classic Load Balancer, which sends to the nodes)"
	const foreign = "gap: Service shop/web has loadBalancerClass example.org/other, and what that load balancer does is not known"
	type changes []func(*corev1.Service)
	for name, tc := range map[string]struct {
		change changes
		want   []string
	}{
		"type LoadBalancer alone":         {changes{balanced}, append(plain, unknown)},
		"a word that nobody knows":        {changes{balanced, says("type", "clb")}, append(plain, unknown)},
		"an empty class":                  {changes{serviceClass("")}, append(plain, unknown)},
		"the class":                       {changes{serviceClass("service.k8s.aws/nlb")}, nodes},
		"the class, ip targets":           {changes{serviceClass("service.k8s.aws/nlb"), says("nlb-target-type", "ip")}, ip},
		"Auto Mode's class":               {changes{serviceClass("eks.amazonaws.com/nlb"), says("nlb-target-type", "ip")}, ip},
		"another class beats annotations": {changes{serviceClass("example.org/other"), says("type", "nlb-ip")}, append(plain, foreign)},
		"another class, being deleted":    {changes{serviceClass("example.org/other"), func(s *corev1.Service) { s.DeletionTimestamp = &metav1.Time{} }}, plain},
		"nlb-ip":                          {changes{balanced, says("type", "nlb-ip")}, ip},
		"nlb-ip beats the target type":    {changes{balanced, says("type", "nlb-ip", "nlb-target-type", "instance")}, ip},
		"external, ip targets":            {changes{balanced, says("type", "external", "nlb-target-type", "ip")}, ip},
		"external, instance targets":      {changes{balanced, says("type", "external", "nlb-target-type", "instance")}, nodes},
		"the cloud provider's own NLB":    {changes{balanced, says("type", "nlb")}, nodes},
		"the cloud provider has no NLB of Pods": {changes{balanced, says("type", "nlb", "nlb-target-type", "ip")},
			append(plain, "gap: Service shop/web has the annotation "+nlb+"type: nlb, by which the cloud provider makes an NLB of nodes, and asks for ip targets, which only the AWS Load Balancer Controller makes: loadBalancerClass service.k8s.aws/nlb would tell")},
		"the cloud provider's NLB needs the type": {changes{says("type", "nlb")}, plain},
		"external on a ClusterIP Service":         {changes{clusterIP, says("type", "external", "nlb-target-type", "ip")}, ip},
		"being deleted":                           {changes{serviceClass("service.k8s.aws/nlb"), func(s *corev1.Service) { s.DeletionTimestamp = &metav1.Time{} }}, plain},
		"external, without the target type":       {changes{balanced, says("type", "external")}, append(plain, "gap: Service shop/web has the annotation "+nlb+"type: external, for which "+nlb+"nlb-target-type would have to be ip or instance")},
		"nodes of a ClusterIP Service": {changes{clusterIP, says("type", "external", "nlb-target-type", "instance")},
			append(plain, "gap: Service shop/web wants instance targets, for which Service web would have to be of type NodePort or LoadBalancer")},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, given(t, "").exposed(tc.change...), tc.want...)
		})
	}
}

func TestTheHealthCheckOfAnNLBFollowsTheService(t *testing.T) {
	own := serviceClass("service.k8s.aws/nlb")
	byDefault := topology.HealthCheck{Port: "traffic-port", Protocol: "TCP", IntervalSeconds: 10, TimeoutSeconds: 10, HealthyThreshold: 3}
	for name, tc := range map[string]struct {
		change func(*corev1.Service)
		want   topology.HealthCheck
	}{
		"by default": {func(*corev1.Service) {}, byDefault},
		"over HTTP": {says("healthcheck-protocol", "http", "healthcheck-path", "/ready", "healthcheck-port", "8081", "healthcheck-interval", "5", "healthcheck-timeout", "2", "healthcheck-healthy-threshold", "2", "healthcheck-success-codes", "204"),
			topology.HealthCheck{Path: "/ready", ExplicitPath: true, Port: "8081", Protocol: "HTTP", SuccessCodes: "204", IntervalSeconds: 5, TimeoutSeconds: 2, HealthyThreshold: 2}},
		"over HTTP, path of the controller": {says("healthcheck-protocol", "HTTP"), topology.HealthCheck{Path: "/", Port: "traffic-port", Protocol: "HTTP", SuccessCodes: "200-399", IntervalSeconds: 10, TimeoutSeconds: 10, HealthyThreshold: 3}},
		"on a port by name":                 {says("healthcheck-port", "http"), topology.HealthCheck{Port: "30080", Protocol: "TCP", IntervalSeconds: 10, TimeoutSeconds: 10, HealthyThreshold: 3}},
		"of the node":                       {local, topology.HealthCheck{Path: "/healthz", Port: "31000", Protocol: "HTTP", SuccessCodes: "200-399", IntervalSeconds: 10, TimeoutSeconds: 6, HealthyThreshold: 2}},
	} {
		e := given(t, "").exposed(own, tc.change)
		if len(e.Routes) != 1 {
			t.Fatalf("%s: %s", name, outcome(e))
		}
		if diff := cmp.Diff(&tc.want, e.Routes[0].HealthCheck); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	for _, bad := range [][]string{{"healthcheck-protocol", "udp"}, {"healthcheck-interval", "10s"}, {"healthcheck-port", "none"}} {
		if e := given(t, "").exposed(own, says(bad...)); len(e.Gaps) != 1 || e.Kind != topology.Service {
			t.Errorf("%v: %s", bad, outcome(e))
		}
	}
}

func TestTheDrainDelayOfAnNLBIsRead(t *testing.T) {
	e := given(t, "").exposed(serviceClass("service.k8s.aws/nlb"), says("target-group-attributes", "deregistration_delay.timeout_seconds=45,x=y"))
	if d := e.Routes[0].DeregistrationDelaySeconds; d == nil || *d != 45 {
		t.Errorf("delay %v", d)
	}
}

// A load balancer that something else asks for is known, so nothing need be said of the other.
func TestALoadBalancerThatIsNotKnownIsNotSaidBesideOneThatIs(t *testing.T) {
	src := sources()
	for _, ask := range []func(*corev1.Service){balanced, serviceClass("example.org/other")} {
		ask(src.Services[0])
		if e := exposure(src); e.Kind != topology.ALBInstance || len(e.Gaps) > 0 {
			t.Errorf("%s", outcome(e))
		}
	}
}

func TestTheHealthCheckOfTheCloudProvidersNLBIsNotKnown(t *testing.T) {
	e := given(t, "").exposed(balanced, says("type", "nlb", "healthcheck-interval", "5"))
	if len(e.Routes) != 1 || e.Routes[0].HealthCheck != nil || e.Routes[0].Controller != "cloud provider" {
		t.Errorf("routes %+v", e.Routes)
	}
}
