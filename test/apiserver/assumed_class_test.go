package apiserver

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The IngressClass is the cluster's, so no application's files hold it: render assumes the
// one that the AWS Load Balancer Controller's Helm chart makes.
func TestFilesWithoutTheIngressClassAreRenderedAsAdmissionStoresThem(t *testing.T) {
	admitted, rendered := newShop(t, enabled, ""), newShop(t, `{"rendered": "here"}`, "")
	admitted.waitForPolicy("minReadySeconds") // the webhook has seen the Ingress
	admitted.kubectl(admitted.bare(), "create", "-f", "-")

	documents := strings.Split(strings.ReplaceAll(surroundings, "%[1]s", rendered.name), "\n---\n")
	files := strings.Join(append(documents[2:], rendered.bare()), "\n---\n")
	if strings.Contains(files, "IngressClass\n") || !strings.Contains(files, "ingressClassName: alb") {
		t.Fatalf("these are other files than meant:\n%s", files)
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/rollguard", "render", "--assume-enabled", "-f", "-")
	cmd.Dir, cmd.Stdin = "../..", strings.NewReader(files)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if !strings.Contains(stderr.String(), "IngressClass alb is not in the files: it is assumed") {
		t.Errorf("it is not said that the class is assumed: %s", stderr.String())
	}
	rendered.kubectl(string(out), "apply", "-f", "-")
	want, got := admitted.get(), rendered.get()
	if diff := cmp.Diff(want.Spec, got.Spec); diff != "" {
		t.Errorf("(-admitted +rendered)\n%s", diff)
	}
	if want.Spec.MinReadySeconds == 0 {
		t.Error("admission did not see the Ingress, so the two are equal for another reason than meant")
	}
}
