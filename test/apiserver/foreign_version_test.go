package apiserver

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A cluster may be ahead of Rollguard, or far behind: what it serves in other versions only
// is not seen, and everybody who asks is told.
func TestAKindThatIsServedInAnotherVersionOnlyIsSaid(t *testing.T) {
	const gap = "TargetGroupBinding (eks.amazonaws.com) cannot be read: served as v9, v1alpha1 only, and Rollguard reads v1, so no load balancer was counted for it; if one sends requests here, set rollguard.io/exposure"
	rollguard, s := commandLine(t), newService(t)
	of := func(version string) string {
		return crd("eks.amazonaws.com", version, "TargetGroupBinding", "Namespaced")
	}
	// Two versions, of which one is stored.
	manifest := of("v9") + strings.Replace(of("v1alpha1")[strings.Index(of("v1alpha1"), "  - name:"):], "storage: true", "storage: false", 1)
	if err := applyCRD(t.Context(), manifest); err != nil {
		t.Fatal(err)
	}
	s.waitForWarning("eks.amazonaws.com) cannot be read")
	if out := s.dryRun(); !strings.Contains(out.Stdout, "preStop:") {
		t.Errorf("what can be seen is not guarded: %s", out.Stderr)
	}
	s.kubectl(s.bare(), "apply", "-f", "-")
	for _, args := range [][]string{{"explain", "deployment/web"}, {"status"}} {
		out, _ := live(t, rollguard, append(args, "-n", s.name)...).CombinedOutput() // a risk is an exit code
		if !strings.Contains(string(out), gap) {
			t.Errorf("%s does not say %q:\n%s", args[0], gap, out)
		}
	}
	s.kubectl("", "delete", "deployment", "web", "-n", s.name)
	s.kubectl(manifest, "delete", "--wait", "-f", "-")
	eventuallyWithin(t, time.Minute, "the warning goes with the kind", func(context.Context) bool {
		return !strings.Contains(strings.Join(s.dryRun().Warnings(), "; "), "eks.amazonaws.com")
	})
}
