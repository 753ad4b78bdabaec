package scale

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// The bars of an audit of the whole cluster.
const (
	barAudit       = 10 * time.Second
	barAuditMemory = 300 << 10 // KiB
)

// audit runs the real command line against the whole cluster, a few times.
func (m *measurement) audit(ctx context.Context) error {
	m.section("rollguard audit -A")
	for _, form := range []string{"json", "table", "sarif"} {
		cmd := exec.CommandContext(ctx, filepath.Join(m.Bin, "rollguard"), "audit", "-A", "-o", form)
		cmd.Env = append(os.Environ(), "KUBECONFIG="+m.plane.KubeconfigPath())
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		start := time.Now()
		err := cmd.Run()
		took := time.Since(start)
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			err = nil // something is unguarded, as it should be
		}
		if err != nil {
			return fmt.Errorf("audit: %w: %s", err, stderr.Bytes())
		}
		if form == "json" {
			if err := m.complete(stdout.Bytes()); err != nil {
				return err
			}
		}
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			return errors.New("audit: the system does not tell what a process used")
		}
		m.judge("time, -o "+form, rounded(took).String(), barAudit.String(), took <= barAudit)
		m.judge("memory at most, -o "+form, fmt.Sprintf("%.0f MiB", float64(usage.Maxrss)/1024), fmt.Sprintf("%d MiB", barAuditMemory>>10), usage.Maxrss <= barAuditMemory)
		m.figure("processor time, -o "+form, rounded(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()).String())
	}
	return nil
}

// complete makes sure that every Deployment of the cluster is in the answer.
func (m *measurement) complete(text []byte) error {
	var report struct {
		Summary     map[string]int
		Deployments []struct{ State string }
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return err
	}
	m.figure("Deployments", fmt.Sprintf("%d %v", len(report.Deployments), report.Summary))
	if want := m.World.Namespaces * deploymentsEach; len(report.Deployments) < want {
		return fmt.Errorf("audit: %d Deployments, and there are %d", len(report.Deployments), want)
	}
	return nil
}
