package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/rollguard/rollguard/test/install"
	"github.com/rollguard/rollguard/test/kube"
)

// webhook is the running rollguard-webhook.
type webhook struct {
	process *os.Process
	done    chan error
	log     string
}

// startWebhook runs the real binary with the rights of the real service account.
func startWebhook(ctx context.Context, plane *kube.ControlPlane, bin string, a install.Addresses) (*webhook, error) {
	config, err := install.ServiceAccount(plane)
	if err != nil {
		return nil, err
	}
	kubeconfig := filepath.Join(plane.Dir(), "webhook.kubeconfig")
	if err := kube.WriteKubeconfig(kubeconfig, config); err != nil {
		return nil, err
	}
	w := &webhook{done: make(chan error, 1), log: filepath.Join(plane.Dir(), "webhook.log")}
	log, err := os.Create(w.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(bin, "rollguard-webhook"),
		"--kubeconfig", kubeconfig, "--host", "127.0.0.1", "--port", strconv.Itoa(a.Port),
		"--ops-address", a.Ops, "--dns-name", "localhost", "--drain-delay", "0s")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the webhook: %w", err)
	}
	w.process = cmd.Process
	go func() { w.done <- cmd.Wait() }()
	ready := make(chan error, 1)
	go func() { ready <- install.Wait(ctx, plane, a) }()
	select {
	case err := <-ready:
		if err != nil {
			w.stop()
			return nil, fmt.Errorf("%w (log: %s)", err, tail(w.log))
		}
		return w, nil
	case err := <-w.done:
		w.done <- err
		return nil, fmt.Errorf("the webhook ended at once: %w: %s", err, tail(w.log))
	}
}

// stop ends the webhook: politely, then not.
func (w *webhook) stop() {
	_ = w.process.Signal(syscall.SIGTERM)
	select {
	case <-w.done:
	case <-time.After(10 * time.Second):
		_ = w.process.Kill()
		<-w.done
	}
}

// tail is the end of a log file.
func tail(path string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-2000):])
}
