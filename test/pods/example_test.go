package pods

import (
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// recordAnnotation tells what Rollguard added.
const recordAnnotation = "rollguard.io/injected"

// applyExample makes the namespace, its Service and Ingress, and the Deployment as the
// developers write it, and returns what is stored. Rollguard hears of the Ingress by a
// watch; on a machine that is busy with other tests that may take longer than kubectl
// takes to the next file, so a dry run is asked first.
func applyExample(t *testing.T) *appsv1.Deployment {
	t.Helper()
	do(t, "kubectl apply -f deploy/examples/shop/1-namespace.yaml -f deploy/examples/shop/2-ingress.yaml")
	eventually(t, "Rollguard knows the Ingress", func() error {
		out, err := try(t, folder(t), "kubectl create --dry-run=server -f deploy/examples/shop/3-deployment.yaml -o jsonpath='{.spec.template.spec.containers[0].readinessProbe}'")
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if !strings.Contains(out, `"path":"/test"`) {
			return fmt.Errorf("it adds no readiness probe yet: %s", out)
		}
		return nil
	})
	do(t, "kubectl apply -f deploy/examples/shop/3-deployment.yaml")
	stored, err := world.clients.AppsV1().Deployments("shop").Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// endExample deletes the Deployment and does not wait for its Pods to drain.
func endExample(t *testing.T) {
	t.Helper()
	do(t, `kubectl -n shop delete deployment --all
kubectl -n shop delete pods --all --force --grace-period=0`)
}

// deleteExample deletes the rest; the namespace is gone some seconds later.
func deleteExample(t *testing.T) {
	t.Helper()
	do(t, "kubectl delete --wait=false --ignore-not-found -f deploy/examples/shop")
}

// checkExample says what the stored example lacks.
func checkExample(t *testing.T, d *appsv1.Deployment) {
	t.Helper()
	if err := guarded(d); err != nil {
		t.Error(err)
	}
	container := d.Spec.Template.Spec.Containers[0]
	if p := container.ReadinessProbe; p == nil || p.HTTPGet == nil || p.HTTPGet.Path != "/test" || p.TimeoutSeconds != 1 {
		t.Errorf("readiness probe is %v", p)
	}
	if p := container.StartupProbe; p == nil || p.HTTPGet == nil || p.HTTPGet.Path != "/__health" || p.PeriodSeconds != 10 || p.FailureThreshold != 3 {
		t.Errorf("startup probe is %v", p)
	}
	none := intstr.FromInt32(0)
	if u := d.Spec.Strategy.RollingUpdate; u == nil || !equality.Semantic.DeepEqual(u.MaxUnavailable, &none) {
		t.Errorf("strategy is %v", d.Spec.Strategy)
	}
}

// guarded says why a Deployment is not what Rollguard makes of one behind an ALB.
func guarded(d *appsv1.Deployment) error {
	hook := d.Spec.Template.Spec.Containers[0].Lifecycle
	if d.Annotations[recordAnnotation] == "" || hook == nil || hook.PreStop == nil || hook.PreStop.Sleep == nil {
		return fmt.Errorf("deployment %s was stored without preStop sleep or record: %v, %v", d.Name, d.Annotations, hook)
	}
	return nil
}

// exampleRuns waits until the completed Deployment's Pods are ready.
func exampleRuns(t *testing.T) {
	t.Helper()
	eventually(t, "the example's Pods are ready", func() error {
		d, err := world.clients.AppsV1().Deployments("shop").Get(t.Context(), "web", metav1.GetOptions{})
		if err == nil && d.Status.ReadyReplicas != *d.Spec.Replicas {
			err = fmt.Errorf("%d of %d are ready", d.Status.ReadyReplicas, *d.Spec.Replicas)
		}
		return err
	})
}
