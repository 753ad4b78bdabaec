package lbc

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/alb"
)

const gate = corev1.PodConditionType(gatePrefix + "k8s-shop-web-0123456789")

// pod makes the Pod of an endpoint, with a gate of the controller and one of somebody
// else, and says that its containers are ready.
func (r *running) pod(e endpoint) {
	r.t.Helper()
	api := world.client.CoreV1().Pods(r.namespace)
	p, err := api.Create(r.t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("web-%d", e.n)},
		Spec: corev1.PodSpec{
			Containers:     []corev1.Container{{Name: "app", Image: "app"}},
			ReadinessGates: []corev1.PodReadinessGate{{ConditionType: gate}, {ConditionType: "example.com/other"}},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.ContainersReady, Status: corev1.ConditionTrue}}
	if _, err := api.UpdateStatus(r.t.Context(), p, metav1.UpdateOptions{}); err != nil {
		r.t.Fatal(err)
	}
}

// gates returns the status of the gates as the API server has them.
func (r *running) gates(e endpoint) (own, other corev1.ConditionStatus) {
	r.t.Helper()
	p, err := world.client.CoreV1().Pods(r.namespace).Get(r.t.Context(), fmt.Sprintf("web-%d", e.n), metav1.GetOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	return condition(p, gate), condition(p, "example.com/other")
}

func TestAReadinessGateBecomesTrueAfterItsTargetIsHealthy(t *testing.T) {
	r := follow(t)
	e := endpoint{n: 1} // not ready: its gate is missing
	r.put(e)
	r.pod(e)
	r.seen(1)
	r.heard()
	r.clock.Advance(700 * time.Millisecond)
	r.want(alb.Initial, e)
	if own, other := r.gates(e); own != corev1.ConditionFalse || other != "" {
		t.Errorf("gates %q and %q, want False and nothing", own, other)
	}
	for r.balancer.State(e.address()) != alb.Healthy {
		r.clock.Advance(100 * time.Millisecond)
	}
	if own, _ := r.gates(e); own != corev1.ConditionFalse {
		t.Errorf("gate %q at the moment the target is healthy: the controller looks every 15s only", own)
	}
	r.clock.Advance(15 * time.Second)
	if own, other := r.gates(e); own != corev1.ConditionTrue || other != "" {
		t.Errorf("gates %q and %q, want True and nothing", own, other)
	}
}
