package lbc

import (
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rollguard/rollguard/test/alb"
)

// gatePrefix begins the condition type of a readiness gate that LBC has put into a Pod
// (LBC docs/deploy/pod_readiness_gate.md).
const gatePrefix = "target-health.elbv2.k8s.aws/"

// gateStatus is the status of a gate for the state of its target, and the reason in
// the words of AWS.
func gateStatus(s alb.State) (corev1.ConditionStatus, string) {
	switch s {
	case alb.Healthy:
		return corev1.ConditionTrue, ""
	case alb.Initial:
		return corev1.ConditionFalse, "Elb.InitialHealthChecking"
	case alb.Unhealthy:
		return corev1.ConditionFalse, "Target.FailedHealthChecks"
	case alb.Draining:
		return corev1.ConditionFalse, "Target.DeregistrationInProgress"
	}
	return corev1.ConditionFalse, "Target.NotRegistered"
}

// gatePatch returns a strategic merge patch of the Pod's status, nil where nothing is
// to change, and whether the Pod has a gate that is not true. A gate that has once been
// true is not taken back: LBC looks no more at a Pod whose gate is true.
func gatePatch(p *corev1.Pod, s alb.State) (patch []byte, waiting bool, err error) {
	status, reason := gateStatus(s)
	var changed []map[string]string
	for _, gate := range p.Spec.ReadinessGates {
		now := condition(p, gate.ConditionType)
		if !strings.HasPrefix(string(gate.ConditionType), gatePrefix) || now == corev1.ConditionTrue {
			continue
		}
		waiting = waiting || status != corev1.ConditionTrue
		if now != status {
			changed = append(changed, map[string]string{"type": string(gate.ConditionType), "status": string(status), "reason": reason})
		}
	}
	if changed == nil {
		return nil, waiting, nil
	}
	patch, err = json.Marshal(map[string]any{"status": map[string]any{"conditions": changed}})
	if err != nil {
		return nil, waiting, fmt.Errorf("readiness gate of Pod %s/%s: %w", p.Namespace, p.Name, err)
	}
	return patch, waiting, nil
}
