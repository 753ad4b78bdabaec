package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rollguard/rollguard/test/kube/filelock"
)

// systemFolders hold what an administrator runs; they are not in everybody's PATH.
var systemFolders = [...]string{"/usr/local/sbin", "/usr/sbin", "/sbin"}

// tool is a command that no Go module brings.
type tool struct {
	command, debian string // its Debian package
}

// tools lists the commands that a node needs. A runc from its Go module would need
// libseccomp, which is C.
func tools(o Options) []tool {
	needed := []tool{{"runc", "runc"}, {"ip", "iproute2"}, {"mount", "mount"}}
	if o.KubeProxy {
		needed = append(needed, tool{"nft", "nftables"})
	}
	if o.NetworkPolicies {
		needed = append(needed, tool{"iptables", "iptables"}, tool{"ipset", "ipset"})
	}
	return needed
}

// requirements checks that a node can run here and installs the commands that lack.
func requirements(ctx context.Context, o Options) error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("a node needs Linux, and this is %s", runtime.GOOS)
	}
	if os.Geteuid() != 0 {
		return errors.New("a node needs root, for namespaces, mounts and network devices: run as root, for example with sudo")
	}
	missing := missingPackages(o)
	if len(missing) == 0 {
		return nil
	}
	// Tests of several packages may find the same out at once.
	lock, err := filelock.Wait(ctx, filepath.Join(os.TempDir(), "rollguard-packages.lock"), func() {
		fmt.Fprintln(o.Log, "Another process installs packages: waiting for it.")
	})
	if err != nil {
		return err
	}
	defer lock.Release()
	if missing = missingPackages(o); len(missing) == 0 {
		return nil
	}
	return install(ctx, o, missing)
}

// install installs Debian packages.
func install(ctx context.Context, o Options, packages []string) error {
	names := strings.Join(packages, " ")
	apt, err := exec.LookPath("apt-get")
	if err != nil {
		return fmt.Errorf("a node needs the commands of these Debian packages, and there is no apt-get to install them: %s", names)
	}
	fmt.Fprintf(o.Log, "Installing with apt-get, as a node needs them: %s.\n", names)
	commands := [][]string{
		{"update", "-q"},
		append([]string{"install", "-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"}, packages...),
	}
	for _, args := range commands {
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("install %s yourself, please; apt-get %s: %w\n%s", names, args[0], err, bytes.TrimSpace(out))
		}
	}
	if still := missingPackages(o); len(still) > 0 {
		return fmt.Errorf("apt-get installed %s, but the commands are still missing", strings.Join(still, " "))
	}
	return nil
}

// missingPackages returns the Debian packages of the commands that are not there.
func missingPackages(o Options) []string {
	var missing []string
	for _, t := range tools(o) {
		if _, err := findTool(t.command); err != nil {
			missing = append(missing, t.debian)
		}
	}
	return missing
}

// findTool returns the path of a command, also from the folders of the administrator.
func findTool(command string) (string, error) {
	path, err := exec.LookPath(command)
	if err == nil {
		return filepath.Abs(path)
	}
	for _, folder := range systemFolders {
		path := filepath.Join(folder, command)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", fmt.Errorf("find command: %w", err)
}

// searchPath is the PATH of the programs of a node.
func searchPath() string {
	folders := append([]string{os.Getenv("PATH")}, systemFolders[:]...)
	return strings.Join(folders, string(os.PathListSeparator))
}
