package node

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rollguard/rollguard/test/kube/build"
)

// BuildProgram builds a main package of this repository, named as to the go command at
// the root of the repository, such as ./cmd/rollguard-webhook, into the file out. The
// program is static and for this machine, so that an image needs nothing else.
func BuildProgram(ctx context.Context, pkg, out string) error {
	root, err := build.FindRoot(".")
	if err != nil {
		return err
	}
	if out, err = filepath.Abs(out); err != nil {
		return fmt.Errorf("build %s: %w", pkg, err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=", "GOARCH=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, bytes.TrimSpace(text))
	}
	return nil
}
