package apiserver

import (
	"context"
	"strings"
	"testing"
)

// A cluster may be ahead of Rollguard, or far behind: what it serves in other versions only
// is not seen, and everybody who asks is told.
func TestAKindThatIsServedInAnotherVersionOnlyIsSaid(t *testing.T) {
	const gap = "(if so, set rollguard.io/exposure): TargetGroupBinding (eks.amazonaws.com) cannot be read: served as v9, v1alpha1 only, and Rollguard reads v1"
	rollguard, s := commandLine(t), newService(t)
	// Two versions, of which one is stored.
	manifest := crd("eks.amazonaws.com", "v9", "TargetGroupBinding", "Namespaced")
	above, version, _ := strings.Cut(manifest, "  versions:\n")
	manifest = above + "  versions:\n" + version + strings.NewReplacer("v9", "v1alpha1", "storage: true", "storage: false").Replace(version)
	if err := applyCRD(t.Context(), manifest); err != nil {
		t.Fatal(err)
	}
	s.waitForWarning("eks.amazonaws.com) cannot be read")
	if out := s.dryRun(); !strings.Contains(out.Stdout, "preStop:") {
		t.Errorf("what can be seen is not guarded: %s", out.Stderr)
	}
	s.kubectl(s.bare(), "apply", "-f", "-")
	for _, args := range [][]string{{"explain", "deployment/web"}, {"status", "-o", "wide"}} {
		out, _ := live(t, rollguard, append(args, "-n", s.name)...).CombinedOutput() // a risk is an exit code
		if !strings.Contains(string(out), gap) {
			t.Errorf("%s does not say %q:\n%s", args[0], gap, out)
		}
	}
	s.kubectl("", "delete", "deployment", "web", "-n", s.name)
	s.kubectl(manifest, "delete", "--wait", "-f", "-")
	eventually(t, "the warning goes with the kind", func(context.Context) bool {
		return !strings.Contains(strings.Join(s.dryRun().Warnings(), "; "), "eks.amazonaws.com")
	})
}
