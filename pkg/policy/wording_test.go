package policy_test

import (
	"strings"
	"testing"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/workload"
)

func TestAContainerThatIsNotThereIsReportedOnce(t *testing.T) {
	undeclared := behindService()
	undeclared.Routes[0].Container = nil
	m := write{new: annotate(t, bare, "container", "wbe"), exposure: undeclared}.evaluate(t)
	if n := strings.Count(strings.Join(m.codes(), " "), string(policy.ContainerNotFound)); n != 1 {
		t.Errorf("it is reported %d times: %s", n, m.codes())
	}
}

func TestWhoSetMinReadySecondsToZeroIsToldTheWayBack(t *testing.T) {
	const back = ": write 25 or more into the manifest ("
	alb := behindALB("ip")
	stored := write{exposure: alb}.evaluate(t).object
	m := write{new: rolled(t, put(t, stored, nil, "spec", "minReadySeconds")), old: stored, exposure: alb}.evaluate(t)
	f := m.found(policy.MinReadyTooShort)
	if f == nil || !strings.HasPrefix(f.Message, "minReadySeconds was set to 0, and the load balancer may need 25s") || !strings.Contains(f.Message, back) {
		t.Errorf("%+v, codes %s", f, m.codes())
	}
	f = write{new: put(t, bare, 5, "spec", "minReadySeconds"), exposure: alb}.evaluate(t).found(policy.MinReadyTooShort)
	if f == nil || !strings.HasPrefix(f.Message, "minReadySeconds is 5s") || strings.Contains(f.Message, back) {
		t.Errorf("%+v", f)
	}
	if f = (write{new: rolled(t, put(t, m.object, 25, "spec", "minReadySeconds")), old: m.object, exposure: alb}).evaluate(t).found(policy.MinReadyTooShort); f != nil {
		t.Errorf("the way back leads nowhere: %+v", f)
	}
}

func TestWhereNothingWaitsTheAnnotationThatCausedItIsNamed(t *testing.T) {
	alb := behindALB("ip")
	const ending = " lets a rollout go on before the load balancer uses the new Pods: "
	for name, tc := range map[string]struct {
		write
		want string
	}{
		"asked of the Deployment": {write{new: annotate(t, bare, "min-ready", "0s"), exposure: alb}, "deployment annotation rollguard.io/min-ready: 0s" + ending + "remove it, or label the namespace "},
		"asked of the namespace":  {write{exposure: alb, namespace: texts{"min-ready": "5s"}}, "namespace annotation rollguard.io/min-ready: 5s" + ending + "remove it, or label the namespace "},
		"kept":                    {write{new: annotate(t, bare, "keep", "min-ready"), exposure: alb}, "deployment annotation rollguard.io/keep: min-ready" + ending + "remove it, or label the namespace "},
		"kept, and asked":         {write{new: annotate(t, annotate(t, bare, "min-ready", "5s"), "keep", "pre-stop,min-ready"), exposure: alb}, "deployment annotation rollguard.io/keep: min-ready" + ending},
	} {
		f := tc.evaluate(t).found(policy.NoReadinessGate)
		if f == nil || !strings.HasPrefix(f.Message, tc.want) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	stored := write{exposure: alb}.evaluate(t).object
	m := write{new: rolled(t, annotate(t, stored, "keep", "min-ready")), old: stored, exposure: alb}.evaluate(t)
	if got := m.value(t, workload.MinReadySeconds); got != "25" || m.found(policy.NoReadinessGate) != nil {
		t.Errorf("minReadySeconds %s of ours is kept, and findings are %s", got, m.codes())
	}
}

func TestWhileADeploymentIsPausedItIsToBeResumedFirst(t *testing.T) {
	for _, paused := range []bool{false, true} {
		before := put(t, bare, paused, "spec", "paused")
		m := write{new: put(t, before, 9, "spec", "replicas"), old: before}.evaluate(t)
		f := m.found(policy.PendingRollout)
		if f == nil || strings.Contains(f.Message, "kubectl rollout resume comes first, as the Deployment is paused") != paused || m.Paused != paused {
			t.Errorf("paused %t: %+v, result %t", paused, f, m.Paused)
		}
	}
}
