package node

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user without any rights.
const nobody = 65534

func TestANodeWithoutRootIsRefusedClearly(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	// Where nobody may run it.
	dir := t.TempDir()
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(dir, "helper")
	if err := os.WriteFile(copied, program, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copied)
	cmd.Dir = dir
	cmd.Env = []string{helperVariable + "=" + helperCluster, helperDirVariable + "=" + dir, "TMPDIR=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "start node: a node needs root") {
		t.Errorf("start without root: %v, %s", err, out)
	}
}

func TestMissingCommandsAreNamedWhereNothingInstallsThem(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := install(context.Background(), Options{}, []string{"runc", "iproute2"})
	if err == nil || !strings.HasSuffix(err.Error(), "no apt-get to install them: runc iproute2") {
		t.Errorf("error is %v", err)
	}
}

func TestControlGroupsOfKilledNodesAreRemoved(t *testing.T) {
	// Any hierarchy does; all machines that tests run on have this file or that folder.
	parent := groupFolder
	if _, err := os.Stat(filepath.Join(groupFolder, "cgroup.procs")); err != nil {
		parent = filepath.Join(groupFolder, "pids")
	}
	cmd, _ := startHelper(t, helperBlock, "")
	group := func(name string) string {
		path := filepath.Join(parent, groupPrefix+name)
		if err := os.MkdirAll(filepath.Join(path, "k8s.io", "container"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, busy := group("test-empty"), group("test-busy")
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if err := removeGroups(groupPrefix + "test-busy"); err != nil {
			t.Error(err)
		}
	})
	procs := filepath.Join(busy, "k8s.io", "container", "cgroup.procs")
	if err := os.WriteFile(procs, []byte(strconv.Itoa(cmd.Process.Pid)), 0o600); err != nil {
		t.Fatal(err)
	}
	removeEmptyGroups()
	if _, err := os.Stat(empty); !os.IsNotExist(err) {
		t.Errorf("control group without processes: %v, want none", err)
	}
	if _, err := os.Stat(procs); err != nil {
		t.Errorf("control group with a process: %v", err)
	}
}
