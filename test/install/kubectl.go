package install

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/rollguard/rollguard/test/kube"
)

// Output is what kubectl printed.
type Output struct {
	Stdout, Stderr string
}

// Warnings are the warning lines, as kubectl shows them.
func (o Output) Warnings() []string {
	var out []string
	for _, l := range strings.Split(o.Stderr, "\n") {
		if text, ok := strings.CutPrefix(l, "Warning: "); ok {
			out = append(out, text)
		}
	}
	return out
}

// Kubectl runs kubectl as the administrator. An error carries what it printed.
func Kubectl(ctx context.Context, plane *kube.ControlPlane, stdin []byte, args ...string) (Output, error) {
	cmd := exec.CommandContext(ctx, plane.Kubectl(), append([]string{"--kubeconfig", plane.KubeconfigPath()}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	out := Output{Stdout: stdout.String(), Stderr: stderr.String()}
	if err != nil {
		return out, fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(out.Stderr))
	}
	return out, nil
}
