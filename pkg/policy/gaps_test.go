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
		"HTTPRoute, GRPCRoute (gateway.networking.k8s.io) could not be read yet, so no load balancer was counted for it; if one sends requests here, set rollguard.io/exposure",
		"TargetGroupBinding (elbv2.k8s.aws) could not be read yet, so no load balancer was counted for it either",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
