package kube

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// A process that is being ended has no command line and is told from others by its name;
// the test looks at one that lives and has the name as well.
func TestAProcessIsEndingUntilItIsDead(t *testing.T) {
	cmd, _ := startHelper(t, helperBlock, t.TempDir(), "helper")
	pid, name := cmd.Process.Pid, filepath.Base(cmd.Path)
	if !isEnding(pid, name) {
		t.Errorf("process %d, named %s, is taken for dead", pid, name)
	}
	if isEnding(pid, "nodeinit") {
		t.Errorf("process %d is taken for another program", pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Nobody waits for it yet, so its entry stays.
	ctx, cancel := context.WithTimeout(t.Context(), waitBound)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for isEnding(pid, name) {
		select {
		case <-ctx.Done():
			t.Fatalf("process %d is dead and still taken for ending", pid)
		case <-ticker.C:
		}
	}
}
