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
	return run(ctx, plane, stdin, append([]string{plane.Kubectl()}, args...))
}

// Helm runs Helm as the administrator, and builds it first where it is missing.
func Helm(ctx context.Context, plane *kube.ControlPlane, args ...string) (Output, error) {
	binaries, err := kube.EnsureBinaries(ctx, nil, "helm")
	if err != nil {
		return Output{}, err
	}
	return run(ctx, plane, nil, append([]string{binaries["helm"]}, args...))
}

// run runs a program that takes --kubeconfig.
func run(ctx context.Context, plane *kube.ControlPlane, stdin []byte, command []string) (Output, error) {
	args := append([]string{"--kubeconfig", plane.KubeconfigPath()}, command[1:]...)
	cmd := exec.CommandContext(ctx, command[0], args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	out := Output{Stdout: stdout.String(), Stderr: stderr.String()}
	if err != nil {
		return out, fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, strings.TrimSpace(out.Stderr))
	}
	return out, nil
}
