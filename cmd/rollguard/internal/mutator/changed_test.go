package mutator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/mutator"
)

// owned is something of shop; UIDs are names here.
func owned(name, kind, owner string) metav1.ObjectMeta {
	yes := true
	return metav1.ObjectMeta{
		Namespace: "shop", Name: name, UID: types.UID(name),
		OwnerReferences: []metav1.OwnerReference{{Kind: kind, Name: owner, UID: types.UID(owner), Controller: &yes}},
	}
}

// spec is that of a Pod with a sleep, or with none for 0.
func spec(grace, sleep int64) corev1.PodSpec {
	s := corev1.PodSpec{TerminationGracePeriodSeconds: &grace, Containers: []corev1.Container{{Name: "app"}}}
	if sleep > 0 {
		s.Containers[0].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: sleep}}}
	}
	return s
}

func TestAPodThatEndsSoonerThanItsTemplateWantsIsTold(t *testing.T) {
	http := func(port int) corev1.PodSpec {
		s := spec(30, 1)
		s.Containers[0].Lifecycle.PreStop = &corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/stop"}}
		s.Containers[0].Lifecycle.PreStop.HTTPGet.Port.IntVal = int32(port)
		return s
	}
	beside := spec(50, 20)
	beside.Containers = append([]corev1.Container{{Name: "proxy"}}, beside.Containers...)
	for name, tc := range map[string]struct {
		template, pod corev1.PodSpec
		want          []string
	}{
		"as it should be":             {spec(50, 20), spec(50, 20), nil},
		"more patient":                {spec(50, 20), spec(90, 20), nil},
		"with a proxy beside it":      {spec(50, 20), beside, nil},
		"with a hook of its own":      {spec(50, 0), spec(50, 5), nil},
		"with a proxy in the way":     {http(80), http(15020), nil},
		"with a shorter grace period": {spec(90, 20), spec(50, 20), []string{"Pod shop/web-1-a has terminationGracePeriodSeconds 50, and its template 90"}},
		"with a shorter sleep":        {spec(50, 20), spec(50, 5), []string{"Pod shop/web-1-a has preStop sleep 5 in container app, and its template sleep 20"}},
		"without its hook":            {spec(50, 20), spec(50, 0), []string{"Pod shop/web-1-a has preStop none in container app, and its template sleep 20"}},
	} {
		t.Run(name, func(t *testing.T) {
			set := appsv1.ReplicaSet{ObjectMeta: owned("web-1", "Deployment", "web"), Spec: appsv1.ReplicaSetSpec{Template: corev1.PodTemplateSpec{Spec: tc.template}}}
			pods := []corev1.Pod{
				{ObjectMeta: owned("web-1-a", "ReplicaSet", "web-1"), Spec: tc.pod},
				{ObjectMeta: owned("web-1-b", "ReplicaSet", "web-1"), Spec: tc.pod},
				{ObjectMeta: owned("db-0", "StatefulSet", "db"), Spec: spec(1, 0)},
			}
			if diff := cmp.Diff(tc.want, mutator.Changed([]appsv1.ReplicaSet{set}, pods)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAReplicaSetWhosePodsAreRefusedForTheirHookIsTold(t *testing.T) {
	const message = "Pod \"web-1-a\" is invalid: spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be less than terminationGracePeriodSeconds (50)\n"
	failed := func(message string, status corev1.ConditionStatus) appsv1.ReplicaSet {
		return appsv1.ReplicaSet{
			ObjectMeta: owned("web-1", "Deployment", "web"),
			Status:     appsv1.ReplicaSetStatus{Conditions: []appsv1.ReplicaSetCondition{{Type: appsv1.ReplicaSetReplicaFailure, Status: status, Message: message}}},
		}
	}
	got := mutator.Refused([]appsv1.ReplicaSet{failed(message, corev1.ConditionTrue), failed(message, corev1.ConditionFalse), failed("exceeded quota", corev1.ConditionTrue), {}})
	if len(got) != 1 || got[0] != "ReplicaSet shop/web-1 gets no Pods: "+message[:len(message)-1] {
		t.Errorf("got %q", got)
	}
}
