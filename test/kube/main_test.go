package kube

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The test binary runs itself as a helper process where the environment says
// what the helper is to do, and in which state folder.
const (
	helperVariable    = "ROLLGUARD_KUBE_HELPER"
	helperDirVariable = "ROLLGUARD_KUBE_HELPER_DIR"
	helperPlane       = "plane" // runs a control plane
	helperBlock       = "block" // runs nothing
)

// waitBound is how long a test waits for something that is to happen soon.
const waitBound = 30 * time.Second

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperVariable); mode != "" {
		if err := helper(mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Built here, so that no test's time includes it.
	if _, err := EnsureBinaries(context.Background(), os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// helper does what the mode says, writes a line when it is ready and lives until
// its standard input ends.
func helper(mode string) error {
	if mode == helperPlane {
		o := Options{Dir: os.Getenv(helperDirVariable), Log: os.Stderr}
		if _, err := Start(context.Background(), o); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// startHelper starts the test binary as a helper and returns when it is ready.
// Closing the returned writer ends it, as does the end of the test.
func startHelper(t *testing.T, mode, dir string, args ...string) (*exec.Cmd, io.Closer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &exec.Cmd{
		Path:   self,
		Args:   args,
		Env:    append(os.Environ(), helperVariable+"="+mode, helperDirVariable+"="+dir),
		Stderr: t.Output(),
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("helper says %q, %v; want ready", line, err)
	}
	return cmd, stdin
}

// start starts a control plane that the end of the test stops.
func start(t *testing.T, o Options) *ControlPlane {
	t.Helper()
	o.Log = t.Output()
	plane, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	return plane
}

// readPIDs returns the process ids that the state folder names.
func readPIDs(t *testing.T, dir string) map[string]int {
	t.Helper()
	pids := map[string]int{}
	for _, name := range []string{"etcd", "kube-apiserver"} {
		text, err := os.ReadFile(filepath.Join(dir, "pids", name))
		if err != nil {
			t.Fatal(err)
		}
		if pids[name], err = strconv.Atoi(string(text)); err != nil {
			t.Fatal(err)
		}
		if !isOurs(dir, name, pids[name]) {
			t.Fatalf("process %d is not %s of %s", pids[name], name, dir)
		}
	}
	return pids
}

// waitGone waits until the processes of a state folder are gone.
func waitGone(t *testing.T, dir string, pids map[string]int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitBound)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for name, pid := range pids {
		for isOurs(dir, name, pid) {
			select {
			case <-ctx.Done():
				t.Fatalf("%s, process %d, lives on", name, pid)
			case <-ticker.C:
			}
		}
	}
}

// exists says whether a process with the id exists, even one nobody waited for.
func exists(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
