package install

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/rollguard/rollguard/test/child"
	"github.com/rollguard/rollguard/test/kube"
)

// Binary is a running rollguard-webhook.
type Binary struct {
	// Done is closed when the process has ended; Err is then its result.
	Done    chan struct{}
	Err     error
	process *os.Process
	log     string
}

// Program says how the program is run: from the folder Bin, at addresses, with further
// flags.
type Program struct {
	Bin string
	Addresses
	Flags []string
}

// StartBinary runs the real program with the rights of the real service account, and
// returns when it is ready and trusted.
func StartBinary(ctx context.Context, plane *kube.ControlPlane, p Program) (*Binary, error) {
	a := p.Addresses
	config, err := ServiceAccount(plane)
	if err != nil {
		return nil, err
	}
	name := "webhook-" + strconv.Itoa(a.Port) // several may run at once
	kubeconfig := filepath.Join(plane.Dir(), name+".kubeconfig")
	if err := kube.WriteKubeconfig(kubeconfig, config); err != nil {
		return nil, err
	}
	b := &Binary{Done: make(chan struct{}), log: filepath.Join(plane.Dir(), name+".log")}
	args := append([]string{
		"--kubeconfig", kubeconfig, "--host", "127.0.0.1", "--port", strconv.Itoa(a.Port), "--ops-address", a.Ops,
		"--dns-name", "localhost", "--drain-delay", "0s",
	}, p.Flags...) // of a flag that is given twice the last counts
	if err := b.start(filepath.Join(p.Bin, "rollguard-webhook"), args...); err != nil {
		return nil, err
	}
	return b, b.await(ctx, plane, a)
}

func (b *Binary) start(program string, args ...string) error {
	log, err := os.Create(b.log)
	if err != nil {
		return err
	}
	defer log.Close()
	variables, err := environment()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), variables...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = child.Attributes()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the webhook: %w", err)
	}
	b.process = cmd.Process
	go func() {
		b.Err = cmd.Wait()
		close(b.Done)
	}()
	return nil
}

// await returns when the webhook is ready, or has ended.
func (b *Binary) await(ctx context.Context, plane *kube.ControlPlane, a Addresses) error {
	ready := make(chan error, 1)
	go func() { ready <- Wait(ctx, plane, a) }()
	select {
	case err := <-ready:
		if err != nil {
			b.Stop()
			return fmt.Errorf("%w; the end of its log:\n%s", err, b.Tail())
		}
		return nil
	case <-b.Done:
		return fmt.Errorf("the webhook ended at once: %w; the end of its log:\n%s", b.Err, b.Tail())
	}
}

// PID is the process's number.
func (b *Binary) PID() int { return b.process.Pid }

// Kill ends the webhook as the kernel ends a process that takes too much memory.
func (b *Binary) Kill() {
	_ = b.process.Kill()
	<-b.Done
}

// Signal asks the webhook to end, and does not wait.
func (b *Binary) Signal() error { return b.process.Signal(syscall.SIGTERM) }

// Stop ends the webhook: politely, then not.
func (b *Binary) Stop() {
	_ = b.process.Signal(syscall.SIGTERM)
	select {
	case <-b.Done:
	case <-time.After(10 * time.Second):
		_ = b.process.Kill()
		<-b.Done
	}
}

// Tail is the end of its log.
func (b *Binary) Tail() string {
	raw, err := os.ReadFile(b.log)
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-2000):])
}
