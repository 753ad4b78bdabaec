package build

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// KubernetesVersion returns the pinned version of the Kubernetes binaries, such
// as v1.37.2, of the repository at root.
func KubernetesVersion(root string) (string, error) {
	return pinnedVersion(filepath.Join(root, kubernetesPins), kubernetesModule)
}

// pinnedVersion returns the version that the go.mod in folder requires of
// module. It reads the file itself because it runs at the start of every test
// binary, and the go command would take longer than all else.
func pinnedVersion(folder, module string) (string, error) {
	path := filepath.Join(folder, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read pinned version: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) >= 2 && fields[0] == module && strings.HasPrefix(fields[1], "v") {
			return fields[1], nil
		}
	}
	return "", fmt.Errorf("%s does not require %s", path, module)
}

// moduleInfo is what the go command knows about a module's version.
type moduleInfo struct {
	Version string
	Time    time.Time // of the tagged commit; zero where the proxy does not say
	Sum     string    // the checksum in go.sum
}

// queryModule asks the go command about module as pinned in folder.
func queryModule(ctx context.Context, folder, module string) (moduleInfo, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-mod=readonly", "-m", "-json", module)
	cmd.Dir = folder
	cmd.Env = goEnvironment()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return moduleInfo{}, fmt.Errorf("query module %s: %w\n%s", module, err, stderr.Bytes())
	}
	var info moduleInfo
	if err := json.Unmarshal(out, &info); err != nil {
		return moduleInfo{}, fmt.Errorf("query module %s: %w", module, err)
	}
	return info, nil
}

// linkerFlags returns the value of -ldflags for a binary of t. Without the
// version a Kubernetes binary calls itself v0.0.0-master, which kubectl cannot
// parse. A module has no commit, so gitCommit carries what names its source as
// exactly: its checksum in go.sum. The build date is that of the tag, which
// makes two builds of one version the same, byte for byte.
func linkerFlags(t target, info moduleInfo) (string, error) {
	flags := []string{"-s", "-w"}
	if t.module != kubernetesModule {
		return strings.Join(flags, " "), nil
	}
	parts := strings.SplitN(strings.TrimPrefix(info.Version, "v"), ".", 3)
	if len(parts) != 3 {
		return "", fmt.Errorf("version %q of %s is not MAJOR.MINOR.PATCH", info.Version, t.module)
	}
	values := [][2]string{
		{"gitVersion", info.Version},
		{"gitMajor", parts[0]},
		{"gitMinor", parts[1]},
		{"gitCommit", info.Sum},
		{"gitTreeState", "clean"},
	}
	if !info.Time.IsZero() {
		values = append(values, [2]string{"buildDate", info.Time.UTC().Format(time.RFC3339)})
	}
	for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		for _, v := range values {
			flags = append(flags, "-X", pkg+"."+v[0]+"="+v[1])
		}
	}
	return strings.Join(flags, " "), nil
}
