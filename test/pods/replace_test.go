package pods

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// replaceReplicas upgrades the release with something changed in the Pods, and with the
// flags, and returns when the old ones are gone for good.
func replaceReplicas(t *testing.T, flags ...string) {
	t.Helper()
	var old []types.UID
	for _, p := range replicas(t) {
		old = append(old, p.UID)
	}
	do(t, guide(t, "upgrade.md", "helm upgrade"), append(flags, "--set podAnnotations.replaced=yes")...)
	do(t, guide(t, "upgrade.md", "rollout status"))
	eventually(t, "the old replicas are gone", func() error {
		now := replicas(t)
		if i := slices.IndexFunc(now, func(p corev1.Pod) bool { return slices.Contains(old, p.UID) }); i >= 0 {
			return fmt.Errorf("%s is still there", now[i].Name)
		}
		return nil
	})
	if now := replicas(t); len(now) != 2 {
		t.Errorf("there are %d replicas", len(now))
	}
	for _, p := range replicas(t) {
		if err := calm(p); err != nil {
			t.Error(err)
		}
	}
}

// calm says what went wrong in a Pod that runs.
func calm(p corev1.Pod) error {
	var errs []error
	for _, c := range p.Status.ContainerStatuses {
		if c.RestartCount > 0 {
			errs = append(errs, fmt.Errorf("%s was restarted: %v", p.Name, c.LastTerminationState))
		}
	}
	return errors.Join(errs...)
}
