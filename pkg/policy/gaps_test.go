package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

func TestTheAdviceAboutGapsIsGivenOnce(t *testing.T) {
	const unread = "could not be read yet"
	m := write{survey: policy.NextRollout, exposure: topology.Exposure{Kind: topology.None, Gaps: []topology.Gap{
		{Object: "HTTPRoute, GRPCRoute (gateway.networking.k8s.io)", Reason: unread},
		{Object: "TargetGroupBinding (elbv2.k8s.aws)", Reason: unread},
	}}}.evaluate(t)
	var said []string
	for _, f := range m.Findings {
		if f.Code == policy.ExposureUnclear {
			said = append(said, f.Message)
		}
	}
	want := []string{
		"a load balancer may send requests here and was not counted (if so, set rollguard.io/exposure): HTTPRoute, GRPCRoute (gateway.networking.k8s.io) could not be read yet",
		"a load balancer may send requests here and was not counted: TargetGroupBinding (elbv2.k8s.aws) could not be read yet",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAGapBesideALoadBalancerIsAboutAnother(t *testing.T) {
	e := behindALB("ip")
	e.Gaps = []topology.Gap{{Object: "Ingress shop/web", Reason: "names IngressClass x, which does not exist"}}
	const want = "another load balancer may send requests here and was not counted (if so, set rollguard.io/exposure): Ingress shop/web names IngressClass x, which does not exist"
	if f := (write{exposure: e}).evaluate(t).found(policy.ExposureUnclear); f == nil || f.Message != want {
		t.Errorf("finding %+v", f)
	}
}

func TestWhoSaysThatNothingSendsTrafficIsNamed(t *testing.T) {
	for want, w := range map[string]write{
		"nothing sends traffic to this Deployment, so it needs nothing":                                 {noExposure: true},
		"rollguard.io/exposure says that nothing sends traffic to this Deployment, so it needs nothing": {namespace: texts{"exposure": "none"}},
	} {
		if f := w.evaluate(t).found(policy.NotExposed); f == nil || f.Message != want {
			t.Errorf("finding %+v, want %q", f, want)
		}
	}
}
