package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/rollguard/rollguard/test/rollout"
)

// describe notes what runs, and where.
func (e *experiment) describe(ctx context.Context) error {
	kubernetes, containerd, err := e.lab.Versions(ctx)
	if err != nil {
		return err
	}
	k6, err := e.lab.K6Version(ctx)
	if err != nil {
		return err
	}
	revision, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--abbrev=12").Output()
	if err != nil {
		return fmt.Errorf("find the revision: %w", err)
	}
	kernel, _, _ := strings.Cut(strings.TrimSpace(readFile("/proc/sys/kernel/osrelease")), "-")
	if e.add {
		return nil // those of the first run stay: it is to be the same build on the same machine
	}
	e.result.Date = time.Now().UTC().Truncate(time.Second)
	e.result.Versions = rollout.Versions{
		Rollguard: strings.TrimSpace(string(revision)), Kubernetes: kubernetes, Containerd: containerd, K6: k6, Go: runtime.Version(),
	}
	e.result.Machine = rollout.Machine{CPU: processor(), Cores: runtime.NumCPU(), Kernel: kernel}
	return nil
}

func readFile(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}

// processor is the model's name, where the kernel says it.
func processor() string {
	lines := bufio.NewScanner(bytes.NewReader([]byte(readFile("/proc/cpuinfo"))))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
