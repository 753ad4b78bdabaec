package install

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// ModuleDir is where a module is in the module cache, in the version that the go.mod in
// the folder pins; it is downloaded where it lacks.
func ModuleDir(ctx context.Context, folder, module string) (string, error) {
	run := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Stderr = folder, os.Stderr
		return cmd.Output()
	}
	if _, err := run("mod", "download", module); err != nil {
		return "", fmt.Errorf("download %s: %w", module, err)
	}
	out, err := run("list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}
