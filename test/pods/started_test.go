package pods

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rollguard/rollguard/test/install"
)

// lookFirst makes the example as it is where Rollguard is not, with one replica, and looks
// at it as "getting started" does before anything is installed.
func lookFirst(t *testing.T) {
	t.Helper()
	do(t, `kubectl create namespace shop
sed 's,replicas: 8,replicas: 1,' deploy/examples/shop/3-deployment.yaml | kubectl apply -f deploy/examples/shop/2-ingress.yaml -f -`)
	audit, explain, _ := strings.Cut(guide(t, "getting-started.md", "rollguard audit"), "\n")
	// The exit code says that something is not guarded, and that races are open.
	for command, says := range map[string]string{audit: "shop/web", explain: "races A and B are open"} {
		out, err := try(t, folder(t), command)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(out, says) {
			t.Errorf("%s: %v: %s", command, err, out)
		}
	}
}

// firstRollout goes on with "getting started" where Rollguard is installed, and takes the
// Deployment away.
func firstRollout(t *testing.T) {
	t.Helper()
	helm, rest, _ := strings.Cut(guide(t, "getting-started.md", "helm install"), "\nkubectl")
	if !strings.HasPrefix(guide(t, "install.md", "helm install rollguard deploy/helm/rollguard --namespace rollguard --create-namespace"), helm+"\n") {
		t.Errorf("it was installed with another command than %s", helm)
	}
	do(t, "kubectl"+rest)

	do(t, guide(t, "getting-started.md", "kubectl label namespace shop"))
	dry := guide(t, "getting-started.md", "--dry-run=server")
	eventually(t, "a dry run shows the line that the author will see", func() error {
		out, err := try(t, folder(t), dry)
		if err != nil {
			t.Fatalf("%s: %v: %s", dry, err, out)
		}
		if !strings.Contains(out, "Warning: rollguard: Deployment shop/web: made rollouts safe behind ALB Ingress web") {
			return fmt.Errorf("it says %s", out)
		}
		return nil
	})
	do(t, guide(t, "getting-started.md", "rollout status deployment/web"))
	stored, err := world.clients.AppsV1().Deployments("shop").Get(t.Context(), "web", metav1.GetOptions{})
	if err == nil {
		err = guarded(stored)
	}
	if err != nil {
		t.Error(err)
	}
	endExample(t)
}

// whereToLook runs what the runbook begins with, at a port of this machine that is free.
func whereToLook(t *testing.T) {
	t.Helper()
	free, err := install.FreeAddresses()
	if err != nil {
		t.Fatal(err)
	}
	commands := strings.ReplaceAll(guide(t, "runbook.md", "port-forward"), "18080", fmt.Sprint(free.Port))
	out, err := try(t, folder(t), "trap 'kill $! || :' EXIT\n"+commands)
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, want := range []string{"Running", `"level":"info"`, "IPv4", "[+]caches ok"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
}
