package kube

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestStopLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	plane := start(t, Options{})
	dir, pids := plane.Dir(), readPIDs(t, plane.Dir())
	// A client that watches, as any informer does, must not hold up the end.
	watch, err := clientFor(t, plane.RESTConfig()).CoreV1().ConfigMaps("").Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Stop()
	if filepath.Dir(dir) != os.TempDir() {
		t.Errorf("state folder is %s, want one in %s", dir, os.TempDir())
	}
	for range 2 { // Stopping again changes nothing.
		if err := plane.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if err := plane.apiServer.exitErr; err != nil {
		t.Errorf("kube-apiserver did not end on request: %v", err)
	}
	for name, pid := range pids {
		if exists(pid) {
			t.Errorf("%s, process %d, lives on", name, pid)
		}
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("state folder after Stop: %v, want none", err)
	}
}

func TestStopKeepsLogsInGivenFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start(t, Options{Dir: dir}).Stop(); err != nil {
		t.Fatal(err)
	}
	got, err := fs.Glob(os.DirFS(dir), "*")
	if err != nil {
		t.Fatal(err)
	}
	if want := "lock logs mine"; strings.Join(got, " ") != want {
		t.Errorf("folder has %v after Stop, want %s", got, want)
	}
}

func TestStopReportsDeath(t *testing.T) {
	plane, err := Start(t.Context(), Options{Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	pid := readPIDs(t, plane.Dir())["kube-apiserver"]
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-plane.apiServer.exited
	err = plane.Stop()
	if err == nil || !strings.Contains(err.Error(), "kube-apiserver ended by itself (signal: killed)") {
		t.Errorf("stop after a death says %v", err)
	}
}

func TestStartFails(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name    string
		ctx     context.Context
		options Options
		want    string
	}{
		{"flag is unknown", t.Context(), Options{APIServerArgs: []string{"--no-such-flag"}}, "unknown flag: --no-such-flag"},
		{"context has ended", ended, Options{}, "etcd is not ready: context canceled"},
		{"binary is missing", t.Context(), Options{Binaries: Binaries{"etcd": "/nowhere/etcd"}}, "start etcd: fork/exec /nowhere/etcd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			_, err := Start(test.ctx, test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("start says %v, want %q in it", err, test.want)
			}
			left, err := os.ReadDir(os.TempDir())
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
