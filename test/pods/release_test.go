package pods

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ours selects Rollguard's Pods.
const ours = "app.kubernetes.io/name=rollguard"

// strict makes a call that fails visible.
const strict = "--set webhook.failurePolicy=Fail"

// brief shortens what a Pod waits before it goes. The chart's own times are tested in
// one mode.
const brief = "--set drain.preStopSleepSeconds=2,drain.drainSeconds=3"

// restrictedNamespace makes the namespace of the release, which admits only what keeps
// to the standard.
func restrictedNamespace(t *testing.T) {
	t.Helper()
	do(t, `kubectl create namespace rollguard
kubectl label namespace rollguard pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted`)
}

// ready waits until the release runs and the command line finds nothing wrong.
func ready(t *testing.T) string {
	t.Helper()
	do(t, guide(t, "install.md", "rollout status")+" --timeout=180s")
	var out string
	eventually(t, "rollguard check finds nothing wrong", func() error {
		var err error
		out, err = check(t)
		return err
	})
	return out
}

// check asks the command line what it finds, which is an error if it finds anything wrong.
func check(t *testing.T) (string, error) {
	t.Helper()
	out, err := try(t, folder(t), "rollguard check")
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return out, nil
}

// replicas returns Rollguard's Pods, those that are going too.
func replicas(t *testing.T) []corev1.Pod {
	t.Helper()
	list, err := world.clients.CoreV1().Pods("rollguard").List(t.Context(), metav1.ListOptions{LabelSelector: ours})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// logs returns what Rollguard's Pods have logged, for a test that fails.
func logs(t *testing.T) string {
	t.Helper()
	out, err := try(t, folder(t), "kubectl -n rollguard logs --prefix --tail=12 -l "+ours)
	if err != nil {
		return err.Error()
	}
	return out
}

// complaints are the lines of the logs in which Rollguard lacks a right or fails.
func complaints(t *testing.T) error {
	t.Helper()
	var out []error
	for line := range strings.Lines(logs(t)) {
		if strings.Contains(line, `"level":"error"`) || strings.Contains(line, "forbidden") {
			out = append(out, errors.New(strings.TrimSpace(line)))
		}
	}
	return errors.Join(out...)
}
