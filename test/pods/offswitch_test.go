package pods

import (
	"errors"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// dryWrite creates a Deployment in namespace shop, as a dry run.
func dryWrite(t *testing.T) (*appsv1.Deployment, error) {
	t.Helper()
	return world.clients.AppsV1().Deployments("shop").Create(t.Context(), authored("dry", 0), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
}

// switchOff goes through the worst case: no replica answers, and writes are refused. The
// off switch of the guide lets them pass. Then Rollguard gets a new authority, by the last
// resort of the runbook, and is put back as the guide says.
func switchOff(t *testing.T) {
	t.Helper()
	do(t, "kubectl -n rollguard scale deployment rollguard --replicas=0")
	eventually(t, "writes are refused", func() error {
		_, err := dryWrite(t)
		if err == nil {
			return errors.New("a write passes")
		}
		if !strings.Contains(err.Error(), "failed calling webhook") {
			t.Fatal(err)
		}
		return nil
	})
	authority := bundle(t)
	begin := time.Now()
	do(t, guide(t, "uninstall.md", "kubectl delete mutatingwebhookconfiguration"))
	eventually(t, "writes pass", func() error {
		d, err := dryWrite(t)
		if err == nil && guarded(d) == nil {
			t.Error("a write was completed by nobody")
		}
		return err
	})
	t.Logf("the off switch took %.1f s", time.Since(begin).Seconds())

	do(t, guide(t, "runbook.md", "patch secret rollguard-certificates"))
	do(t, guide(t, "upgrade.md", "helm upgrade"))
	ready(t)
	if n := len(replicas(t)); n != 2 {
		t.Errorf("%d replicas came back", n)
	}
	if bundle(t) == authority {
		t.Error("the authority is the old one")
	}
	d, err := dryWrite(t)
	if err == nil {
		err = guarded(d)
	}
	if err != nil {
		t.Errorf("on again: %v", err)
	}
}
